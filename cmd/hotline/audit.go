package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hotline/app/audit"
	"hotline/app/database"
)

// auditCmd is what can be done with the record.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Walk every chain and seal of the record and say whether it is whole. Exit 0: whole; 1: broken; 2: could not be checked."`
}

type auditVerifyCmd struct {
	Dir       string   `help:"Verify the demo's record in this folder instead." placeholder:"DIR"`
	Witnesses []string `name:"witness" help:"A line the witness was sent; may be given several times." placeholder:"LINE"`
}

// Run verifies the record. The seal key is AUDIT_SEAL_KEY, or the demo's own.
func (v auditVerifyCmd) Run(ctx context.Context) error {
	url, sealKey, stop, err := v.where(ctx)
	if err != nil {
		return exit{2, err.Error()}
	}
	defer stop()
	db, err := database.Open(ctx, url, database.Worker)
	if err != nil {
		return exit{2, "the database does not answer"}
	}
	defer db.Close()
	report, err := audit.Verify(ctx, db, sealKey, v.Witnesses...)
	if err != nil {
		return exit{2, "the record could not be checked: " + err.Error()}
	}
	fmt.Print(report.String())
	if report.Exit() != 0 {
		return exit{report.Exit(), ""}
	}
	return nil
}

func (v auditVerifyCmd) where(ctx context.Context) (url string, sealKey []byte, stop func(), err error) {
	if v.Dir != "" {
		s, err := openState(ctx, v.Dir, "")
		if err != nil {
			return "", nil, nil, err
		}
		text, err := os.ReadFile(filepath.Join(s.dir, "seal-key"))
		if err == nil {
			sealKey, err = key(strings.TrimSpace(string(text)))
		}
		if err != nil {
			sealKey = nil // the chains are checked all the same, and the report says so
		}
		return s.url, sealKey, s.stop, nil
	}
	c, err := readConfig(needs{database: true})
	if err != nil {
		return "", nil, nil, err
	}
	f, err := c.services(ctx, false)
	if err != nil {
		return "", nil, nil, err
	}
	return f.databaseURL, c.seal, f.stop, nil
}
