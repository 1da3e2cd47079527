package view

import (
	"net/http"

	"assay/internal/media"
)

// Media says which media types other than JSON a body can have.
type Media struct {
	JSON bool         // it can be JSON, too
	Form *media.Types // the types of a form; nil: it cannot be a form
	Text bool         // it can be plain text
}

// As sets the media types of a body that need not be JSON, and returns the body.
func (b *Body) As(m *Media) *Body {
	b.media = m
	return b
}

// kind returns how a body with these headers is read. Without a media type it is read as
// what the documents list, JSON before others.
func (m *Media) kind(h http.Header) media.Kind {
	k := media.Of(h)
	if len(h["Content-Type"]) == 0 && !m.JSON {
		if k = media.Text; m.Form != nil {
			k = media.Form
		}
	}
	if k == media.Form && m.Form == nil || k == media.Text && !m.Text {
		return media.JSON
	}
	return k
}

// load sets the body of a scan. A form or a text that the documents list becomes JSON;
// sent is then the body as it was sent, else nil. A body that was converted before stays.
func (b *bodyScan) load(l *bodyPlan, h http.Header, body, before []byte) (raw, sent []byte) {
	b.reset(l, body)
	if l.body == nil || l.body.media == nil || before != nil || len(body) == 0 {
		return body, before
	}
	k := l.body.media.kind(h)
	if k == media.JSON {
		return body, nil
	}
	if b.fault = media.Charset(h); b.fault != nil {
		return body, nil
	}
	if raw, b.fault = k.ToJSON(body, l.body.media.Form); b.fault != nil {
		return body, nil
	}
	b.raw = raw
	return raw, body
}
