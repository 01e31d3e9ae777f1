package guidance

// ReviewDueJob tells an article's owner that its review is due.
type ReviewDueJob struct {
	ArticleID int64 `json:"article_id"`
}

func (ReviewDueJob) Kind() string  { return "guidance:review_due" }
func (ReviewDueJob) Queue() string { return "low" }
