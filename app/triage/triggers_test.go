package triage

import (
	"slices"
	"testing"
)

// TestEveryTriggerFiresOnItsFactsAndOnNothingLikeThem reads, for every rule, texts that have
// the fact and texts that only sound so.
func TestEveryTriggerFiresOnItsFactsAndOnNothingLikeThem(t *testing.T) {
	t.Parallel()
	ready, err := compile(EmbeddedLexicon())
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]struct{ fires, silent []string }{
		"threat_of_violence": {
			[]string{"He told my nurse he would come back and shoot all of us.", "A man pulled a knife at the front desk this morning.", "A patient punched my receptionist.", "He wrote that he has nothing to lose and a full magazine.", "She waited outside my daughter's school.", "A stranger has been standing on my porch since noon.", "She left word about what she'll do to us.", "The daughter said that people like me are going to hang."},
			[]string{"We gave her a flu shot and she had side effects.", "He is a difficult patient who complains about the parking.", "At the gun club a friend showed me his thumb.", "I took a punch biopsy of her arm.", "Her mother is on my porch and asks for a refill.", "She wants my words struck out.", "A girl came for her first exam and wants a woman.", "Can the family come after me if my report is wrong?", "My nurse is a bit tired."}},
		"suicidal_patient": {
			[]string{"She texted that she wants to kill herself tonight.", "My patient just told me that he is going to kill his ex-wife.", "She has swallowed all her amitriptyline.", "He wrote that he will not be a burden to anyone after tonight.", "She texted that she'll be dead by Sunday.", "A client says he is going to set fire to his wife's house."},
			[]string{"Do you have a course on depression screening?", "She fell and hurt her knee.", "The burden of disease in our county is high."}},
		"duty_to_warn": {
			[]string{"She had two seizures and insists on driving to work.", "Is there a duty to warn his partner about the infection?"},
			[]string{"My wife drives me to the clinic.", "He could not drive home, so his son came."}},
		"adverse_event": {
			[]string{"A patient died in my office this morning.", "We operated on the wrong knee.", "I gave her the wrong dose and she is in the ICU.", "I see a nodule that my partner overlooked.", "The nurse gave a toddler the adult dose."},
			[]string{"My mother-in-law died and I took a week of bereavement.", "There is a billing error on her statement.", "He wants me to certify a permanent disability.", "Parents switching to us hold vaccine waivers."}},
		"suit": {
			[]string{"I was just served with a summons.", "A process server left papers naming me as a defendant.", "Papers came from small claims with a hearing date."},
			[]string{"I do not want to get sued.", "How do we serve patients in a rural county?", "The form asks me to list every suit ever filed."}},
		"notice_of_intent": {
			[]string{"A notice of intent came by certified mail.", "We got a 90-day letter about last spring."},
			[]string{"How much notice do I give my landlord?", "I intend to retire next year."}},
		"law_enforcement": {
			[]string{"Two detectives are at the front desk with a search warrant.", "FBI agents showed up at my clinic."},
			[]string{"Her symptoms do not warrant an MRI.", "I am at our office until five."}},
		"dea": {
			[]string{"The DEA wrote to me about my prescribing.", "A DEA inspector phoned."},
			[]string{"My DEA number is on the form.", "What is the idea behind it?"}},
		"media_inquiry": {
			[]string{"A reporter is on the phone asking about a patient.", "A TV station called and wants a comment tonight."},
			[]string{"The lab report came back.", "A patient left a one star review.", "May we scan the paper and shred it?"}},
		"deadline": {
			[]string{"The subpoena says I must produce the chart by Friday.", "My answer to the board is due tomorrow."},
			[]string{"Her appointment is tomorrow.", "It is Friday and the waiting room is full."}},
		"abuse_reporting": {
			[]string{"I suspect child abuse: a toddler with cigarette burns.", "An old woman has bruises and her son will not explain them. Is it elder abuse?"},
			[]string{"He is verbally abusive to my staff.", "She neglected to bring her list of medicines."}},
		"subpoena": {
			[]string{"A subpoena came for the whole file.", "I have been noticed for a deposition next month."},
			[]string{"She asked for a copy of her notes.", "The court was lovely for tennis."}},
		"board_complaint": {
			[]string{"The medical board sent me a complaint.", "AHPRA wrote to me about a notification.", "She has reported me to the state licensing board.", "The federal civil rights office sent us a data request."},
			[]string{"I am board certified in two fields.", "Our board of directors meets on Monday."}},
		"complaint": {
			[]string{"A health plan says that a member filed a formal complaint against me.", "I got a peer review letter from the committee."},
			[]string{"Her chief complaint was a headache.", "She is content with her plan."}},
		"attorney_request": {
			[]string{"A lawyer phoned and wants to talk about my patient.", "An attorney sent a letter asking for the records.", "Defense counsel for another physician called me about her."},
			[]string{"His nephew holds the power of attorney.", "My patient is a lawyer.", "A plaintiff firm will pay me to look over a case elsewhere."}},
		"refund_demand": {
			[]string{"She demands a refund for the surgery.", "He says pay me or I will post about you, so should I write off the bill?", "He wants every cent returned.", "She will take her review down if we return the fee."},
			[]string{"What is my premium for next year?", "We pay our interpreter by the hour.", "She wants her old doctor back."}},
		"threat_to_sue": {
			[]string{"The family says they will sue me.", "Her husband says that I will hear from his lawyer.", "I said no more oxycodone and he yelled that I will hear from his lawyer.", "She says her solicitor will be in touch.", "He said he would own my house once his attorney was through with me."},
			[]string{"The issue is her diet.", "Can I sue the reviewer?"}},
		"high_risk_discharge": {
			[]string{"May I discharge a patient who is 30 weeks pregnant?", "I want to dismiss a man who takes oxycodone every day."},
			[]string{"What goes into a hospital discharge summary?", "He missed four visits; may I end care?", "A receptionist we let go says she is pregnant."}},
		"breach": {
			[]string{"Our laptop was stolen from the car with patient files on it.", "We faxed her results to the wrong number.", "A box of old charts went out with the recycling.", "Our clerk answered a critic with the date of her last mammogram."},
			[]string{"How can we answer reviews without violating privacy?", "Does my policy cover a data breach?", "They ask me to peek in an ear between patients."}},
		"sexual_boundary": {
			[]string{"She says that I touched her inappropriately during the exam.", "My partner is having an affair with a patient.", "Her husband says I put my hand on her thigh."},
			[]string{"A patient gave me a box of sweets.", "I took a sexual history.", "He says he will be in touch."}},
		"controlled_substances": {
			[]string{"I prescribed Adderall for my wife.", "His urine drug screen does not match, and he takes oxycodone from me."},
			[]string{"I prescribed an antibiotic for a patient.", "He lost his glasses."}},
		"impaired_colleague": {
			[]string{"My partner smelled of alcohol on rounds.", "An anesthesiologist in our group may be addicted."},
			[]string{"My partner likes the new chairs.", "Our hearing impaired patient needs an interpreter.", "The daughter of a man with dementia orders the nurses about."}},
		"record_alteration": {
			[]string{"After the attorney's request my assistant changed the chart.", "I forgot to document the call; may I make a late entry now?"},
			[]string{"Where do we file the forms?", "She changed her address."}},
		"harassment": {
			[]string{"He keeps calling my home and will not stop.", "A former patient is obsessed with our nurse.", "A man sits in our waiting room each morning and stares at the nurse."},
			[]string{"She calls for a refill once a month.", "He came late to his visit.", "People write me long emails late at night.", "Will it follow me into the data bank?"}},
		"disruptive_family": {
			[]string{"The family screamed at the nurses and blocked the door of the room.", "A hostile family will not leave the bedside."},
			[]string{"My family has moved to town.", "Her daughter came to the visit and was kind."}},
		"refusal_of_treatment": {
			[]string{"A woman with breast cancer refuses a biopsy.", "He is leaving against medical advice.", "A man with crushing chest pain wants to drive himself home."},
			[]string{"The insurer refuses to pay for the scan.", "Parents in our practice decline vaccines."}},
		"police_request": {
			[]string{"A police officer emailed to ask for a patient's records.", "The sheriff wants to know whether she was here, about a missing person."},
			[]string{"Our privacy officer wrote a policy.", "Should I call the police about it?"}},
		"patient_decompensating": {
			[]string{"A former patient messages me that the CIA is following him.", "She stopped her lithium and sends me bizarre messages at night."},
			[]string{"A hospitalized man is angry about his insulin.", "He posts about football."}},
	}
	for _, rule := range EmbeddedLexicon().Triggers {
		its, ok := texts[rule.Code]
		if !ok || len(its.fires) < 2 || len(its.silent) < 2 {
			t.Errorf("%s is not tried", rule.Code)
			continue
		}
		fires := func(text string) bool {
			return slices.ContainsFunc(ready.triggersIn(ready.parse(text)), func(tr Trigger) bool {
				return tr.Code == rule.Code && tr.Softer != hypothetical
			})
		}
		for _, text := range its.fires {
			if !fires(text) {
				t.Errorf("%s does not fire on %q", rule.Code, text)
			}
		}
		for _, text := range its.silent {
			if fires(text) {
				t.Errorf("%s fires on %q", rule.Code, text)
			}
		}
		if rule.First == "" || rule.HandOff == "" {
			t.Errorf("%s has no first words or no hand-off", rule.Code)
		}
	}
}
