package guidance_test

import (
	"testing"

	"hotline/app/fault"
)

func TestADraftIsDroppedByItsWritersAndManagersAndStaysOnFile(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.start(h.consultant, cited)
	h.says(h.DropDraft(h.ctx, h.elsewhere, cited), fault.Forbidden)
	h.must(h.DropDraft(h.ctx, h.manager, cited))
	_, err := h.DraftOf(h.ctx, h.consultant, cited)
	h.says(err, fault.NotFound)
	if n := h.count("SELECT count(*) FROM article_drafts WHERE state = 'dropped' AND body <> ''"); n != 1 {
		t.Errorf("%d on file", n)
	}
	if _, err := h.db.Pool().Exec(h.ctx, "DELETE FROM article_drafts"); err == nil {
		t.Error("drafts can be deleted")
	}
	if _, err := h.db.Pool().Exec(h.ctx, "UPDATE article_drafts SET state = 'writing'"); err == nil {
		t.Error("a draft can change without the record")
	}
	if _, err := h.db.Pool().Exec(h.ctx, "DELETE FROM article_draft_writers"); err == nil {
		t.Error("who wrote can be forgotten")
	}
}
