package outbox

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
)

// PromiseMany makes promises of one kind in one statement, to be kept as soon as may
// be after tx commits. now is the room's now.
func PromiseMany[J Job](tx *gorm.DB, now time.Time, jobs []J) error {
	if len(jobs) == 0 {
		return nil
	}
	type row struct {
		Queue string `json:"queue"`
		Args  J      `json:"args"`
	}
	rows := make([]row, len(jobs))
	for i, job := range jobs {
		rows[i] = row{job.Queue(), job}
	}
	all, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	err = tx.Exec(`INSERT INTO outbox (kind, queue, args, run_at)
		SELECT ?, x.queue, x.args, ? FROM jsonb_to_recordset(?::jsonb) AS x(queue text, args jsonb)`,
		jobs[0].Kind(), now, string(all)).Error
	if err != nil {
		return err
	}
	database.Notify(tx, Channel, "")
	return nil
}
