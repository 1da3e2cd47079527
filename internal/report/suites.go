package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// suites is a JUnit document. It has no element and no attribute that the schemas of Jenkins
// exclude: its xUnit plugin ignores a whole file that has one.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Properties properties `xml:"properties,omitempty"`
	Cases      []test     `xml:"testcase"`
}

// test is a test. Its members are in the order that the schemas want.
type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Skipped *skip    `xml:"skipped"`
	Error   *problem `xml:"error"`
	Failure *problem `xml:"failure"`
	Out     string   `xml:"system-out,omitempty"`
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

// skip says why nothing was checked. The schemas allow text here, but no message.
type skip problem

// MarshalXML writes the message before the text.
func (r skip) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(strings.TrimSuffix(r.Message+"\n"+r.Text, "\n"), start)
}

// write counts the tests and writes the document.
func (all *suites) write(w io.Writer) error {
	for _, s := range all.Suites {
		s.count()
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
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
		case t.Error != nil:
			s.Errors++
		case t.Skipped != nil:
			s.Skipped++
		}
	}
}
