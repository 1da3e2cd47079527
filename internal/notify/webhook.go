package notify

import (
	"context"
	"net/http"
	"strconv"

	"assay/internal/watch"
)

// webhook posts assay.event/v1.
type webhook struct {
	name string
	keys [][]byte
	*poster
}

func newWebhook(c Config, o Options, f *faultList) Channel {
	w := &webhook{name: c.Name, poster: newPoster(c, o, f)}
	for _, variable := range c.SecretEnvs {
		text := f.variable("secret-variables", variable)
		if text == "" {
			continue
		}
		key, err := readSecret(text)
		if err != nil {
			f.add("secret-variables", variable+": "+err.Error())
			continue
		}
		w.keys = append(w.keys, key)
	}
	return w
}

func (w *webhook) Name() string { return w.name }

// Send posts a message with the headers of Standard Webhooks.
func (w *webhook) Send(ctx context.Context, m watch.Message) error {
	body, err := JSON(m)
	if err != nil {
		return &Failure{Text: "the message cannot be written as JSON", Refused: true}
	}
	id, at := wireID(m), w.now()
	header := http.Header{}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	if len(w.keys) > 0 {
		header.Set("webhook-signature", sign(w.keys, id, at, body))
	}
	return w.post(ctx, header, body)
}
