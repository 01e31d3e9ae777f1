package correspondence_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hotline/app/correspondence"
)

// unsafeReplies are answers as people write them, each with the kinds that must be found
// and a phrase that must be marked. All are invented; some follow the cases that were
// fined.
var unsafeReplies = []struct{ reply, kinds, marked string }{
	{"We're sorry your visit did not go as planned.", "confirms", "your visit"},
	{"We’re so sorry about your visit.", "confirms", "your visit"},
	{"Thank you for being a patient of our practice for many years!", "confirms", "being a patient"},
	{"Thank you for trusting us with your care.", "confirms", "Thank you for trusting"},
	{"It was a pleasure to meet you and your family.", "confirms", "pleasure to meet you"},
	{"We look forward to seeing you at your next appointment.", "confirms", "your next appointment"},
	{"When you came in, the waiting room was full.", "confirms", "When you came"},
	{"As your doctor I have to say that this surprises me.", "confirms", "As your doctor"},
	{"We have no record of you ever being seen here.", "confirms", "no record of"},
	{"You are not a patient of this office.", "confirms", "not a patient"},
	{"This person was never our patient.", "confirms", "never our patient"},
	{"We cannot find your name in our system.", "confirms", "cannot find your name"},
	{"We are unable to locate any record under this name.", "confirms", "unable to locate any record"},
	{"Our records show that the call was returned the same hour.", "confirms", "Our records show"},
	{"After reviewing your chart, we found nothing unusual.", "confirms", "your chart"},
	{"We remember you well and wish you the best.", "confirms", "remember you"},
	{"Glad you had such a good experience with Dr. Bell!", "confirms", "Glad you had"},
	{"So happy to hear you are feeling better!", "confirms", "feeling better"},
	{"Sorry you had to wait so long.", "confirms", "Sorry you had"},
	{"I wish you a speedy recovery.", "confirms", "speedy recovery"},
	{"We would love to have you back.", "confirms", "have you back"},
	{"HIPAA prevents us from discussing your care online.", "confirms", "your care"},
	{"Please call so that we can talk about your experience.", "confirms", "your experience"},
	{"It sounds like you may have us confused; you were not seen here.", "confirms", "were not seen"},
	{"As we explained, this is how every office does it.", "confirms", "As we explained"},
	{"We told you the risks before we started.", "confirms", "We told you"},
	{"You were given the paperwork and signed it.", "confirms", "You were given"},
	{"This patient has been difficult from the beginning.", "confirms", "This patient"},
	{"Our patient arrived upset.", "confirms", "Our patient"},
	{"Love your new smile!", "confirms", "your new smile"},
	{"We took great care of you.", "confirms", "great care of you"},
	{"Our front desk called you twice.", "confirms", "called you"},
	{"On March 3 the office closed at noon.", "fact", "March 3"},
	{"The procedure on 4/12/2024 went without a problem.", "fact", "4/12/2024"},
	{"Last Tuesday we were two nurses short.", "fact", "Last Tuesday"},
	{"Your diagnosis of bipolar disorder made this hard.", "fact", "Your diagnosis"},
	{"Antibiotics do not help against a virus, as was said.", "fact", "Antibiotics"},
	{"We could not renew your prescription that early.", "fact", "your prescription"},
	{"The request was for more Xanax.", "fact", "Xanax"},
	{"The MRI showed nothing.", "fact", "MRI showed"},
	{"Your balance has been outstanding since spring.", "fact", "Your balance"},
	{"Your insurance denied it, not us.", "fact", "Your insurance"},
	{"You missed three appointments without a call.", "fact", "missed three appointments"},
	{"She arrived 25 minutes late.", "fact", "arrived 25 minutes late"},
	{"Your son was treated like every other child.", "fact", "Your son"},
	{"The crown cost $1,250, as quoted.", "fact", "$1,250"},
	{"A root canal is never pleasant.", "fact", "root canal"},
	{"Being discharged from the practice has consequences for everyone.", "fact", "discharged"},
	{"That's not true.", "argues", "That's not true"},
	{"This is simply false, and a lie.", "argues", "This is simply false"},
	{"You refused the treatment we recommended.", "argues", "You refused"},
	{"You failed to follow the instructions.", "argues", "You failed"},
	{"You never returned our messages.", "argues", "never returned"},
	{"For the record, nobody was rude.", "argues", "For the record"},
	{"Let me tell the real story here.", "argues", "the real story"},
	{"We strongly disagree with this review.", "argues", "We strongly disagree"},
	{"Your accusations are unfounded.", "argues", "Your accusations"},
	{"You yelled at my staff.", "argues", "You yelled"},
	{"A disgruntled person wrote this.", "argues", "disgruntled"},
	{"Our lawyer will be in touch.", "threatens", "lawyer"},
	{"This is defamation.", "threatens", "defamation"},
	{"Remove this review or we will act.", "threatens", "Remove this review"},
	{"We will pursue all legal remedies.", "threatens", "legal remedies"},
	{"We know exactly who you are.", "threatens", "know exactly who you"},
	{"We are going to report you to the police.", "threatens", "report you to"},
	{"Hi Karen, please call us.", "names", "Hi Karen"},
	{"Dear Mr. Alvarez: please call us.", "names", "Mr. Alvarez"},
	{"@sunnyday77 please call us.", "names", "@sunnyday77"},
	// As in the cases that were fined, in other words.
	{"Dear Ms. Doe, your crown was done on 6/2 and your insurance paid only part; the plan and its cost were explained to you.", "names fact confirms", "your insurance"},
	{"J. Smith, whose real name is John Smith, came for a root canal, never finished it and owes us $400.", "names fact", "whose real name is"},
	{"The reviewer was seen for depression, stopped the lithium on their own, and then you yelled at the nurse.", "fact argues", "depression"},
	{"We saw you last month for your anxiety and you refused to take the medication; remove this or we will sue.", "confirms fact argues threatens", "refused"},
}

// safeReplies say nothing about anybody.
var safeReplies = []string{
	correspondence.SafeReply,
	"Privacy law keeps us from discussing anyone’s care here. We take every comment seriously, and our practice manager would welcome a call at 937 555 0100.",
	"We take all feedback seriously. Please call our office manager at 555-0100.",
	"Thank you for taking the time to write. Anyone with a concern is welcome to call our practice manager.",
	"Because of privacy law we cannot say whether anyone is a patient, and we cannot discuss individual care. Please call us.",
	"We appreciate all comments, good and bad. They help us to improve.",
	"Our aim is to treat every person with respect. If anyone feels that we fell short, we would like to hear from them at 555-0199.",
	"We strive to give all our patients timely, courteous service.",
	"Patient privacy matters to us, and so we do not respond to details in public.",
	"Hello, and thank you for the comment. Our manager would be glad to talk: 800 555 0142.",
	"We are always looking at how long people wait. Please call with suggestions.",
	"Federal law protects the privacy of all patients. We can’t comment further, and invite anyone to contact the office.",
	"We welcome questions about our policies at the front desk, Monday to Friday, 9 to 5.",
	"We are sorry to read this. Our door is open, and our number is 555-0100.",
	"Dear all, we read every comment.",
	"Hello there, we read every review and pass it to the whole team.",
	"Our policy is not to discuss anyone’s treatment on the internet.",
	"Feedback like this is shared with our whole team. Please reach out to our patient relations line.",
	"We do not tolerate rudeness by anyone in our office and look into every concern.",
	"Many thanks for the stars. We pass kind words on to the team.",
	"Our phones are answered 24 hours a day. We would be glad to talk.",
	"We can neither confirm nor deny who is a patient. Concerns are welcome at our office number.",
	"Thank you for the kind words; our team enjoys reading them.",
	"Thanks, All! Sorry, We read this late.",
	"We care for everyone with respect.",
	"We see people of every age.",
	"As a practice we are committed to patient safety and to listening.",
	"Everyone is welcome to speak with our manager in private.",
}

func TestARepliesDangerousPhrasesAreMarkedWithTheirKind(t *testing.T) {
	t.Parallel()
	if len(unsafeReplies) < 60 {
		t.Fatalf("only %d", len(unsafeReplies))
	}
	for _, one := range unsafeReplies {
		marks := correspondence.Check(one.reply)
		for kind := range strings.FieldsSeq(one.kinds) {
			if !slices.ContainsFunc(marks, func(m correspondence.Mark) bool { return m.Kind == kind }) {
				t.Errorf("%q: nothing %s, only %v", one.reply, kind, said(one.reply, marks))
			}
		}
		at := strings.Index(one.reply, one.marked)
		if !covered(marks, at, at+len(one.marked)) {
			t.Errorf("%q: %q is not marked, only %v", one.reply, one.marked, said(one.reply, marks))
		}
	}
}

func covered(marks []correspondence.Mark, from, to int) bool {
	return from >= 0 && slices.ContainsFunc(marks, func(m correspondence.Mark) bool { return m.Start <= from && to <= m.End })
}

func said(reply string, marks []correspondence.Mark) []string {
	var all []string
	for _, m := range marks {
		all = append(all, m.Kind+": "+reply[m.Start:m.End])
	}
	return all
}

func TestAReplyThatSaysNothingOfAnybodyHasNoMark(t *testing.T) {
	t.Parallel()
	if len(safeReplies) < 20 {
		t.Fatalf("only %d", len(safeReplies))
	}
	for _, reply := range safeReplies {
		if marks := correspondence.Check(reply); len(marks) > 0 {
			t.Errorf("%q: %v", reply, said(reply, marks))
		}
	}
}

func TestWhatIsSaidOfEverybodyHidesNothingOfSomebody(t *testing.T) {
	t.Parallel()
	for reply, kind := range map[string]string{
		"We treat patients like you, who refused the lithium and missed three appointments in March.": "fact",
		"We see people every day and you, Karen, were our patient.":                                   "confirms",
		"We care for everyone, and we will sue.":                                                      "threatens",
		"Sorry I never met Mrs Jones, please call.":                                                   "names",
		"Thanks, We saw Ms Doe on 3/4, call us.":                                                      "names",
	} {
		if marks := correspondence.Check(reply); !slices.ContainsFunc(marks, func(m correspondence.Mark) bool { return m.Kind == kind }) {
			t.Errorf("%q: nothing %s, only %v", reply, kind, said(reply, marks))
		}
	}
}

func TestEveryMarkSaysWhyAndWhatToDoInstead(t *testing.T) {
	t.Parallel()
	for _, one := range unsafeReplies {
		for _, m := range correspondence.Check(one.reply) {
			known := slices.ContainsFunc(correspondence.MarkKinds, func(k struct{ Code, Name string }) bool { return k.Code == m.Kind })
			if m.Why == "" || m.Hint == "" || !known {
				t.Errorf("%q: %+v", one.reply, m)
			}
		}
	}
}

func TestALineBreakOrACurlyApostropheHidesNothing(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{"thank\nyou  for\n being\ta patient", "that’s not true", "THAT'S NOT TRUE", "your\u00a0visit"} {
		if len(correspondence.Check(reply)) == 0 {
			t.Errorf("%q is not marked", reply)
		}
	}
}

func TestAReviewThatNeedsACallFirstIsSeen(t *testing.T) {
	t.Parallel()
	for review, code := range map[string]string{"I know where he lives.": "danger", "I want to kill myself after this": "crisis", "Give me my money back or I post more": "money",
		"My lawyer will call": "law", "I have a gun": "danger"} {
		if !slices.ContainsFunc(correspondence.Watch(review), func(a correspondence.Alarm) bool { return a.Code == code }) {
			t.Errorf("%q: %v", review, correspondence.Watch(review))
		}
	}
	if found := correspondence.Watch("Rude front desk, and the coffee was cold. One star."); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

func FuzzEveryMarkLiesWithinTheReply(f *testing.F) {
	for _, one := range unsafeReplies {
		f.Add(one.reply)
	}
	f.Add("your\xff visit \xc3(")
	f.Add("’’your’visit’")
	f.Fuzz(func(t *testing.T, reply string) {
		marks := correspondence.Check(reply)
		last := map[string]int{}
		for _, m := range marks {
			if m.Start < 0 || m.End > len(reply) || m.Start >= m.End {
				t.Fatalf("%q: %+v", reply, m)
			}
			if m.Start < last[m.Kind] {
				t.Fatalf("%q: %+v begins before the one before it ended", reply, m)
			}
			last[m.Kind] = m.End
			if utf8.ValidString(reply) && !utf8.ValidString(reply[m.Start:m.End]) {
				t.Fatalf("%q: %+v cuts a letter", reply, m)
			}
		}
		if !reflect.DeepEqual(marks, correspondence.Check(reply)) {
			t.Fatalf("%q: not the same twice", reply)
		}
	})
}
