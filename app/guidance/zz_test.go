package guidance

import ("testing";"hotline/app/database/dbtest")

func TestMain(m *testing.M) { dbtest.Main(m) }
func TestZ(t *testing.T) {
	db := dbtest.New(t)
	kw := "ending the relationship without abandoning the patient discharge, dismiss, fire a patient, terminate, termination, drop, release from practice, abandonment, 30 days, thirty-day notice, dismissal letter, certified mail, no-show, missed appointments misinformation vaccine hesitancy noncompliance boundaries"
	for _, w := range []string{"disharge","paitent","abandonnment","misinformtion","vacine","hesitency","terminat","dsicharge","noncomplience","boundries","charge","weather","parking","lettre","maile","vax"} {
		var a, b float64
		if err := db.Pool().QueryRow(t.Context(), "select word_similarity($1,$2), strict_word_similarity($1,$2)", w, kw).Scan(&a,&b); err != nil { t.Fatal(err) }
		t.Log(w, a, b)
	}
}
