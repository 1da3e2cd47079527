package traffic

import (
	"net/http"
	"time"

	"assay/internal/contract"
)

// firstYear is the first year of a plausible recording. Programs write 1970 or 0001 for a time
// that they do not know.
const firstYear = 2000

// started returns when a recording says that a request was sent: an ISO date with time, as in
// HAR, or a date as in HTTP, as in cassettes of Ruby. It is zero if the text is neither.
func started(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05Z0700", text)
	}
	if err != nil {
		t, err = http.ParseTime(text)
	}
	if err != nil || t.Year() < firstYear {
		return time.Time{}
	}
	return t.UTC()
}

// startedJSON is started for a JSON value.
func startedJSON(raw []byte) time.Time {
	text, _ := contract.String(raw) // "" if it is no text
	return started(text)
}
