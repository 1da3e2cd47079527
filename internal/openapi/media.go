package openapi

import (
	"net/http"
	"strings"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/view"
)

// listedMedia returns which media types other than JSON the documents list; nil: none.
func (b *Body) listedMedia() *view.Media {
	m := &view.Media{}
	for _, t := range b.Types {
		switch k := media.KindOf(t); {
		case k == media.Form:
			m.Form = b.Root.mediaTypes()
		case k == media.Text && b.Root.has("string"):
			m.Text = true
		default: // also JSON that a provider calls text
			m.JSON = true
		}
	}
	if m.Form == nil && !m.Text {
		return nil
	}
	return m
}

// mediaTypes returns the types that the values of a form have.
func (m *Member) mediaTypes() *media.Types {
	t := &media.Types{
		Text: m.has("string") || len(m.Types) == 0, Number: m.has("number") || m.has("integer"), Boolean: m.has("boolean"), Null: m.nullable && !m.has("string"),
		List: m.has("array") || m.items != nil, Object: m.has("object") || len(m.children) > 0 || m.Free, Members: map[string]*media.Types{},
	}
	if len(m.Types) == 0 && (t.List || t.Object) {
		t.Text = false
	}
	for name, child := range m.children {
		t.Members[name] = child.mediaTypes()
	}
	if m.items != nil {
		t.Items = m.items.mediaTypes()
	}
	if m.values != nil {
		t.Values = m.values.mediaTypes()
	}
	return t
}

// FormTypes returns the types of the values of a form; nil if the documents list no form.
func (b *Body) FormTypes() *media.Types {
	if b == nil || b.media == nil {
		return nil
	}
	return b.media.Form
}

// JSON returns a body as JSON, if the documents list a form or a text and it is one.
func (b *Body) JSON(h http.Header, body []byte) []byte {
	if b == nil || b.media == nil {
		return body
	}
	if b.media.Text && media.Of(h) == media.Text {
		if raw, err := media.Text.ToJSON(body, nil); err == nil {
			return raw
		}
	}
	_, raw := media.Read(h, body, b.media.Form)
	return raw
}

// AsJSON returns an exchange with bodies in JSON, where the documents list a form or a text
// and a body is one.
func (o *Operation) AsJSON(ex contract.Exchange) contract.Exchange {
	ex.Request.Body = o.Request.JSON(ex.Request.Header, ex.Request.Body)
	if a := o.Responses[ex.Response.Status]; a != nil {
		ex.Response.Body = a.JSON(ex.Response.Header, ex.Response.Body)
	}
	return ex
}

// MediaType is the media type in which a body is written if none is given: the first that
// is a whole media type, JSON before others. It is "" if nothing is documented.
func (b *Body) MediaType() string {
	if b == nil {
		return ""
	}
	chosen := ""
	for _, t := range b.Types {
		if !strings.Contains(t, "*") && (chosen == "" || media.KindOf(chosen) != media.JSON && media.KindOf(t) == media.JSON) {
			chosen = t
		}
	}
	if chosen == "" && len(b.Types) > 0 {
		return "application/json"
	}
	return chosen
}

// WriteBody returns JSON in the media type that the headers name: a form, a text, or JSON
// itself. The error is for JSON that cannot be written so.
func WriteBody(h http.Header, raw []byte) ([]byte, error) { return media.Of(h).FromJSON(raw) }

// Edit changes the JSON of a request's body and writes it back as it was: see media.Edit.
func (o *Operation) Edit(r contract.Request, change func(raw []byte) []byte) contract.Request {
	r.Body = media.Edit(r.Header, r.Body, o.Request.FormTypes(), change)
	return r
}
