package audit

// Notice is the subject a notice period is, whose end somebody wants to be reminded of.
func Notice(id int64) Subject { return Subject{"notice", id} }

// MailingRule is the subject a state's rule for letters is.
func MailingRule(id int64) Subject { return Subject{"mailing_rule", id} }
