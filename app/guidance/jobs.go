package guidance

// ReviewDueJob tells an article's owner that its review is due.
type ReviewDueJob struct {
	ArticleID int64 `json:"article_id"`
}

func (ReviewDueJob) Kind() string  { return "guidance:review_due" }
func (ReviewDueJob) Queue() string { return "low" }

// RecallJob writes a recall into the records of the tickets under it.
type RecallJob struct {
	RecallID int64 `json:"recall_id"`
}

func (RecallJob) Kind() string  { return "guidance:recall" }
func (RecallJob) Queue() string { return "routine" }
