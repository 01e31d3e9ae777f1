package fault

import "strings"

// Field is one field of a form and what is wrong with it.
type Field struct{ Name, Says string }

// Fields is what is wrong with a form, in the order of the form. As an error it is
// Unacceptable.
type Fields []Field

// Need adds a field's sentence unless ok. The first sentence for a field stays.
func (f *Fields) Need(ok bool, name, says string) {
	if ok || f.For(name) != "" {
		return
	}
	*f = append(*f, Field{name, says})
}

// For is what is wrong with a field, or "".
func (f Fields) For(name string) string {
	for _, field := range f {
		if field.Name == name {
			return field.Says
		}
	}
	return ""
}

// Err is the fields as an error, or nil when nothing is wrong.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f Fields) Error() string {
	names := make([]string, len(f))
	for i, field := range f {
		names[i] = field.Name
	}
	return "unacceptable: " + strings.Join(names, ", ")
}

func (f Fields) Unwrap() error { return Unacceptable }
