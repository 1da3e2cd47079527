package contract

// Excerpt is the part of an exchange around the place of a finding. It holds no value
// that the specification marks secret or personal, and none that it does not document.
// Each text can have several lines.
type Excerpt struct {
	Sent     string `json:"sent"`
	Received string `json:"received"`
}
