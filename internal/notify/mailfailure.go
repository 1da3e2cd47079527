package notify

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"assay/internal/transport"
)

// mailFailure says why mail was not delivered. The errors of go-mail quote addresses and
// what the server wrote, which can repeat anything; only its code is shown.
func mailFailure(ctx context.Context, err error, mails []*gomail.Msg) *Failure {
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Failure{Text: "the mail server did not respond in time"}
	}
	refused, text := 0, ""
	undelivered := 0
	for _, one := range mails {
		if one.IsDelivered() {
			continue
		}
		undelivered++
		if step := new(gomail.SendError); errors.As(one.SendError(), &step) && step.ErrorCode() != 0 {
			if text == "" || step.ErrorCode() >= 500 {
				text = fmt.Sprintf("the mail server refused %s with %s", refusedWhat(step.Reason), code(step.ErrorCode(), step.EnhancedStatusCode()))
			}
			if step.ErrorCode() >= 500 {
				refused++
			}
		}
	}
	if text != "" {
		return &Failure{Text: text, Refused: refused == undelivered}
	}
	return connectionFailure(err)
}

// refusedWhat names what a step of sending is about.
func refusedWhat(step gomail.SendErrReason) string {
	switch step {
	case gomail.ErrSMTPMailFrom:
		return "the sender"
	case gomail.ErrSMTPRcptTo:
		return "a recipient"
	}
	return "the mail"
}

// code writes the codes of a response.
func code(number int, enhanced string) string {
	if enhanced == "" {
		return fmt.Sprint(number)
	}
	return fmt.Sprintf("%d %s", number, enhanced)
}

// connectionFailure says why no mail could be sent at all.
func connectionFailure(err error) *Failure {
	response := new(textproto.Error)
	switch {
	case err == nil:
		return &Failure{Text: "the mail server did not accept the mail"}
	case errors.As(err, &response) && (response.Code == 535 || response.Code == 534 || response.Code == 538):
		return &Failure{Text: fmt.Sprintf("the mail server refused the user or the password with %d", response.Code), Refused: true}
	case errors.As(err, &response):
		return &Failure{Text: fmt.Sprintf("the mail server responded with %d", response.Code), Refused: response.Code >= 500}
	case errors.Is(err, gomail.ErrNoSupportedAuthDiscovered), strings.Contains(err.Error(), "does not support SMTP AUTH"):
		return &Failure{Text: "the mail server offers no login that assay can use"}
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		return &Failure{Text: "the mail server offers no STARTTLS"}
	}
	if c := new(transport.Cause); errors.As(transport.Explain(err), &c) && c.Unsent {
		return &Failure{Text: c.Text}
	}
	return &Failure{Text: "the connection to the mail server closed, or it does not speak SMTP"}
}
