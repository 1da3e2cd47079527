package report

import (
	"encoding/xml"
	"fmt"
	"io"
)

// suites is a JUnit document.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   *int     `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     *int       `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Properties properties `xml:"properties,omitempty"`
	Cases      []test     `xml:"testcase"`
}

type test struct {
	Class      string     `xml:"classname,attr"`
	Name       string     `xml:"name,attr"`
	Properties properties `xml:"properties,omitempty"`
	Failure    *problem   `xml:"failure"`
	Error      *problem   `xml:"error"`
	Skipped    *problem   `xml:"skipped"`
	Out        string     `xml:"system-out,omitempty"`
}

// properties is a list that is left out if it is empty.
type properties []property

// MarshalXML writes the list into one element.
func (all properties) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		All []property `xml:"property"`
	}{all}, start)
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// write counts the tests and writes the document. It counts errors only if the document
// has a number for them.
func (all *suites) write(w io.Writer) error {
	for _, s := range all.Suites {
		s.count()
		all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
		if all.Errors != nil && s.Errors != nil {
			*all.Errors += *s.Errors
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *suite) count() {
	for _, t := range s.Cases {
		s.Tests++
		switch {
		case t.Failure != nil:
			s.Failures++
		case t.Error != nil && s.Errors != nil:
			*s.Errors++
		case t.Skipped != nil:
			s.Skipped++
		}
	}
}
