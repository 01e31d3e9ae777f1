package audit

// Lexicon is the subject a change of triage's lexicon is.
func Lexicon(id int64) Subject { return Subject{"lexicon", id} }

// Model is the subject a model of triage is.
func Model(id int64) Subject { return Subject{"model", id} }

// ModelInForce is the subject the putting in force of a model is.
func ModelInForce(id int64) Subject { return Subject{"model_in_force", id} }
