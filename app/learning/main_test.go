package learning_test

import (
	"testing"

	"hotline/app/database/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
