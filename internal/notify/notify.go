// Package notify sends the events of package watch to people and programs: as signed
// webhooks, to Slack and what is compatible with it, by mail, and to a command.
//
// NewMessage makes the message of an event for a channel; the store keeps it in its outbox
// in the transaction of the event. Delivery takes it from there. A message arrives at least
// once: it is sent again if assay is killed after sending it and before noting so. Every
// attempt has the same id, by which a receiver recognizes the second one.
//
// Say makes the subject and the text of an event; all channels use them. Text from outside
// is escaped there. No error of this package holds a secret, the URL of a channel, an
// address of a person, or what the other side wrote, except for words that are known.
package notify

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"assay/internal/lazy"
	"assay/internal/watch"
)

// Channel sends messages to one receiver. It is safe for concurrent use.
type Channel interface {
	// Name is the name in the configuration.
	Name() string
	// Send makes one attempt. Its error is a *Failure.
	Send(ctx context.Context, m watch.Message) error
}

// Failure is why an attempt failed.
type Failure struct {
	Text string // one or several lines; safe to show and to store
	// Refused: the receiver does not want this message, and will hardly want it later.
	Refused bool
	// After is how long the receiver asked to wait; 0: it did not.
	After time.Duration
}

func (f *Failure) Error() string { return f.Text }

// failure turns an error of a channel into a Failure. The text of an unknown error could
// hold anything, so it is left out.
func failure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Text: "the attempt failed"}
}

// Options are what channels take from their surroundings.
type Options struct {
	// Env looks up an environment variable; nil: os.LookupEnv.
	Env func(name string) (string, bool)
	// Now is the time that requests are signed with; nil: time.Now.
	Now func() time.Time
	// Authorities verify the certificates of receivers; nil: those of the system.
	Authorities *x509.CertPool
}

func (o Options) env(name string) (string, bool) {
	if o.Env == nil {
		return os.LookupEnv(name)
	}
	return o.Env(name)
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// NewMessage makes the message of an event for a channel. Its first attempt is due at once.
// The same event and channel give the same id.
func NewMessage(e watch.Event, channel string, at time.Time) watch.Message {
	return watch.Message{ID: messageID(e.ID, channel), Channel: channel, Event: e, Created: at, Next: at}
}

// messageID is the id of the message about an event to a channel. It has no full stop, which
// separates the id from what follows it where a webhook is signed.
func messageID(event, channel string) string {
	sum := sha256.Sum256([]byte(channel + "\x00" + event))
	return "msg_" + hex.EncodeToString(sum[:16])
}

var idForm = lazy.Regexp(`^[A-Za-z0-9_-]{1,100}$`)

// wireID is the id of a message as receivers see it. That of NewMessage is itself; any other
// is replaced if it could not stand in a header.
func wireID(m watch.Message) string {
	if idForm().MatchString(m.ID) {
		return m.ID
	}
	return messageID(m.ID, m.Channel)
}
