package insured

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// ErrDate means a text that is no date of the years 1 to 9999. It does not repeat the text.
var ErrDate = errors.New("insured: not a date")

// Date is a day of the calendar, without a zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Today is the date a clock on the wall in zone shows at now.
func Today(now time.Time, zone *time.Location) Date { return dateOf(now.In(zone)) }

// ParseDate reads 2006-01-02, as date fields send it. Error: ErrDate.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, ErrDate
	}
	return dateOf(t), nil
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// Time is midnight of the date in zone, for those who write it out.
func (d Date) Time(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// Add is the date so many days later, or earlier.
func (d Date) Add(days int) Date { return dateOf(d.Time(time.UTC).AddDate(0, 0, days)) }

// Before says whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Time(time.UTC).Before(other.Time(time.UTC)) }

// IsZero says whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// real says whether there is such a day.
func (d Date) real() bool { return d.Year >= 1 && d.Year <= 9999 && dateOf(d.Time(time.UTC)) == d }

// String writes the date as 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// MarshalText writes the date as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Value is the date as Postgres takes it.
func (d Date) Value() (driver.Value, error) {
	if !d.real() {
		return nil, ErrDate
	}
	return d.String(), nil
}

// Scan reads a column of type date.
func (d *Date) Scan(value any) error {
	switch v := value.(type) {
	case time.Time: // the driver gives midnight UTC
		*d = dateOf(v.UTC())
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return ErrDate
}
