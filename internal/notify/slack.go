package notify

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"assay/internal/report"
	"assay/internal/watch"
)

// slack posts to an incoming webhook of Slack, or of what is compatible with it.
type slack struct {
	name string
	*poster
}

// slackWords are the errors of incoming webhooks.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
func slackWords() []string {
	return []string{
		"action_prohibited", "channel_is_archived", "channel_not_found", "invalid_blocks", "invalid_payload", "invalid_token",
		"no_active_hooks", "no_service", "no_service_id", "no_team", "no_text", "posting_to_general_channel_denied",
		"rollup_error", "team_disabled", "too_many_attachments", "user_not_found",
	}
}

func newSlack(c Config, o Options, f *faultList) Channel {
	s := &slack{c.Name, newPoster(c, o, f)}
	s.words = slackWords()
	return s
}

func (s *slack) Name() string { return s.name }

// Send posts a message as blocks. What does not show blocks shows the text.
func (s *slack) Send(ctx context.Context, m watch.Message) error {
	body, err := slackJSON(m)
	if err != nil {
		return &Failure{Text: "the message cannot be written as JSON", Refused: true}
	}
	return s.post(ctx, http.Header{}, body)
}

// The longest texts of blocks, in characters.
// https://docs.slack.dev/reference/block-kit/blocks
const (
	maxHeader  = 150
	maxSection = 3000
)

type slackMessage struct {
	Text   string       `json:"text"`
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// slackJSON writes a message: the subject, the text as it is, and the id.
func slackJSON(m watch.Message) ([]byte, error) {
	subject, text := Say(m.Event)
	id := "id " + wireID(m)
	out := slackMessage{Text: mrkdwn(subject) + "\n" + fence(mrkdwn(text)) + "\n" + id}
	out.Blocks = append(out.Blocks, slackBlock{Type: "header", Text: &slackText{"plain_text", head(subject, maxHeader)}})
	for _, part := range parts(mrkdwn(text), maxSection-len(fence(""))) {
		out.Blocks = append(out.Blocks, slackBlock{Type: "section", Text: &slackText{"mrkdwn", fence(part)}})
	}
	out.Blocks = append(out.Blocks, slackBlock{Type: "context", Elements: []slackText{{"plain_text", id}}})
	return report.Encode(out, "")
}

// mrkdwn escapes a text. &, < and > begin what Slack interprets, such as <!channel>. Inside
// a fence nothing else is interpreted, so no text may end one; @ is for what is compatible
// with Slack and reads it outside of a fence.
// https://docs.slack.dev/messaging/formatting-message-text
func mrkdwn(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'", "@", "(at)").Replace(text)
}

// fence shows a text as it is, without interpretation.
func fence(text string) string { return "```\n" + text + "```" }

// head gives the beginning of a text.
func head(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// parts splits a text at line ends into parts of at most so many characters.
func parts(text string, most int) []string {
	var all []string
	part, length := "", 0
	for line := range strings.Lines(text) {
		line = head(line, most)
		n := utf8.RuneCountInString(line)
		if length+n > most {
			all = append(all, part)
			part, length = "", 0
		}
		part, length = part+line, length+n
	}
	return append(all, part)
}
