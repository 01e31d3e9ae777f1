package main

// What the demo's consultants write, by topic. Invented, in the voice of the line:
// options and risks, no verdicts.

var demoAdvice = map[string]string{
	"discharge": "You can end the relationship, and the way you do it is what protects you. Before any letter: read the chart, try once more in a conversation and write that down, and check whether the plan or your state asks for more notice. " +
		"Then one plain letter with the last day, how emergencies are covered until then, and how to get the records. Leave the reason out, or keep it to one neutral sentence. Send me the draft if you like; I can read it the same day.",
	"difficult_patient": "What you describe is hard, and it is worth one structured attempt before anything else. See the patient early in the day, sit down, name what you notice, and agree on two or three things each of you will do. " +
		"Put the agreement in the chart in plain words. If there is a threat in it at any point, the order changes: safety first, police if needed, then call us.",
	"online_reviews": "Please do not answer with anything that shows this person is or was a patient, not even a thank-you. If you want to say something, one standing sentence is enough: privacy rules keep us from discussing anyone’s care; please call the practice manager. " +
		"Keep a screenshot outside the chart, use the platform’s own report button if the post breaks its rules, and let a day pass first.",
	"close_relationships": "The safest answer is a kind no and help in getting seen. If it really cannot wait and nobody else is there, treat it like any visit: history, examination, a note in a chart, and word to their own physician. Nothing controlled. " +
		"A sentence that works: I care about you too much to do this halfway; let me help you get an appointment.",
	"boundaries_communication": "You can move this back to the office without hurting anyone. Tell the patient once, in a neutral tone, which channel you use for what and that your own phone is not watched at night. Put what was said so far into the chart. " +
		"If anything in the messages is clinical or worrying, answer it by phone or in a visit and write that down.",
	"transparency_records": "Leave the original entry exactly as it is. If something has to be added, add it as a late entry with today’s date, the reason, and your name. If a request for the records or a complaint has already come in, stop and call us before you add anything. " +
		"Tell the patient what is known, without guessing, and say when you will speak again.",
	"privacy_disclosure": "Do not send or say anything yet. Look at who signed the paper and by when it wants an answer; a lawyer’s signature is not a judge’s. Check whether a valid authorization comes with it and what exactly it covers. " +
		"Do not call the lawyer yourself. If there is a date on it within a few days, call me now and have the paper in your hand.",
	"misinformation": "You do not have to agree, and you do not have to win. Ask what they read and what worries them, say what you share, ask whether you may tell them how you see it, and give one source they can take home. " +
		"You are free to refuse what you think is below the standard of care; explain why, offer what you can do, and write down what was offered and declined.",
	"equity_culture": "The practice provides and pays for the interpreter; family members are not a substitute, least of all children. Write down what was offered and how the visit went. Where a patient feels treated unfairly, listen first, note the words used, and do not change anything about their care in the same breath. " +
		"If the complaint names an agency, send it to me before you answer.",
	"other_liability": "This one is better answered by the people who keep your policy than by me. I have passed your question to Member Services with your number and nothing more; they call back within a business day. If a date is attached to it, tell them that first.",
}

var demoAsk = map[string]string{
	"discharge":                "Two things would help before I advise: is there any treatment under way that must not be interrupted, and has the patient had anything in writing from you so far? Please leave out the name.",
	"difficult_patient":        "Was anything said that you or your staff took as a threat, and is there another visit booked? I can be more exact when I know that.",
	"online_reviews":           "Has anybody at the practice answered the post already, in any form? And does it name a price or ask for anything?",
	"close_relationships":      "Has anything been prescribed or ordered already, and is there a chart for it anywhere?",
	"boundaries_communication": "Have you or the staff replied so far, and from which number or account? A screenshot can wait; what was said is what matters.",
	"transparency_records":     "Has anyone asked for these records yet, a lawyer, a plan, the board? And has anything been changed since?",
	"privacy_disclosure":       "Who signed the paper, and what date does it name? If there is an authorization with it, what does it cover?",
	"misinformation":           "Is there anything time-critical in what is being refused? And has the patient been offered something to read?",
	"equity_culture":           "Which language or accommodation was asked for, and when is the next visit?",
	"other_liability":          "Is there a date by which somebody expects this from you?",
}

var demoAnswers = []string{
	"Thank you. Nothing in writing so far, and the next visit is in two weeks.",
	"No, nothing like that. The manager answered once on the phone, politely, and wrote it down.",
	"There is a date, but it is more than three weeks away. I can send it to you when we talk.",
	"That helps a lot. One more question: may my office manager make that call, or should it be me?",
}

var demoNotes = []string{
	"Sounded tired more than angry. Wants to do it right; has a draft letter on the desk already. Asked to hold it.",
	"Second question from this practice on the same theme this quarter. Offer a short talk to the staff?",
	"Checked the article on this before writing: covers it, but says nothing specific for this state.",
	"No deadline named. If papers turn up, this goes to the top.",
}
