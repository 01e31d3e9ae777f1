package triage

import "slices"

// Topics are the codes of what a question may be about, in the order of the product page.
var Topics = []string{
	"close_relationships", "online_reviews", "discharge", "difficult_patient", "boundaries_communication",
	"transparency_records", "equity_culture", "misinformation", "privacy_disclosure", "other_liability",
}

// Urgencies are the levels, gravest first.
var Urgencies = []string{"critical", "urgent", "routine"}

// Articles are the slugs of the library's sixteen articles. A question that none of
// them fits (coverage, premiums, course credits) is labelled with no article.
var Articles = []string{
	"ending-the-relationship", "discharge-letter", "when-not-to-discharge", "same-day-discharge-and-threats",
	"difficult-encounters-and-nonadherence", "family-friends-staff-and-yourself", "casual-care-and-curbside-advice",
	"negative-online-reviews", "complaints-refunds-and-demands", "texting-email-and-your-own-phone",
	"boundaries-gifts-and-romance", "open-notes-amendments-and-records-requests", "telling-patients-about-an-error",
	"language-access-disability-and-bias", "misinformation-and-unproven-treatment", "subpoenas-attorneys-police-and-press",
}

// noArticle is the class of questions that no article fits.
const noArticle = "-"

// graver says whether level a is graver than level b.
func graver(a, b string) bool { return slices.Index(Urgencies, a) < slices.Index(Urgencies, b) }

// lower is one level less grave; routine stays.
func lower(level string) string {
	return Urgencies[min(slices.Index(Urgencies, level)+1, len(Urgencies)-1)]
}
