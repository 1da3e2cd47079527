package traffic

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// What is known of a HAR entry, as bits of what was met.
const (
	harRequest uint = 1 << iota
	harResponse
	harTime
	harMethod
	harURL
	harHeaders
	harPost
	harStatus
	harContent
	harText
	harEncoding
	harMime
	harParams
	harSize
	harFile
)

// quick reads an entry in one pass; false: it has to be read slowly.
func (e *harEntry) quick(raw string) bool {
	c := &cursor{s: raw}
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "request":
			c.once(&met, harRequest)
			if !c.null() {
				e.asked = true
				e.quickRequest(c)
			}
		case "response":
			c.once(&met, harResponse)
			if !c.null() {
				e.answered = true
				e.quickResponse(c)
			}
		case "time":
			c.once(&met, harTime)
			if !c.null() {
				took, ok := milliseconds(c.number())
				e.took = took
				c.bad = c.bad || !ok
			}
		default:
			c.skip()
		}
	}
	c.end()
	return !c.bad
}

func (e *harEntry) quickRequest(c *cursor) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "method":
			c.once(&met, harMethod)
			e.method = c.text()
		case "url":
			c.once(&met, harURL)
			e.url = c.text()
		case "headers":
			c.once(&met, harHeaders)
			c.named(e.sent.lines)
		case "postData":
			c.once(&met, harPost)
			e.post.quick(c)
		default:
			c.skip()
		}
	}
}

func (e *harEntry) quickResponse(c *cursor) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "status":
			c.once(&met, harStatus)
			e.status = c.small()
		case "headers":
			c.once(&met, harHeaders)
			c.named(e.came.lines)
		case "content":
			c.once(&met, harContent)
			e.content.quick(c)
		default:
			c.skip()
		}
	}
}

// named reads a list of names and values; the same name may stand in it twice.
func (c *cursor) named(each func(name, value string)) {
	if c.null() {
		return
	}
	for more := c.first('[', ']'); more; more = c.next(']') {
		var name, value string
		var met uint
		for more := c.first('{', '}'); more; more = c.next('}') {
			switch c.name() {
			case "name":
				c.once(&met, 1)
				name = c.text()
			case "value":
				c.once(&met, 2)
				if !c.null() {
					value = c.text()
				}
			default:
				c.skip()
			}
		}
		if met&1 == 0 {
			c.bad = true
		}
		if c.bad {
			return
		}
		each(name, value)
	}
}

func (b *harBody) quick(c *cursor) {
	if c.null() {
		return
	}
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "text":
			c.once(&met, harText)
			if !c.null() {
				b.there = true
				b.text = c.bytes()
			}
		case "encoding":
			c.once(&met, harEncoding)
			if !c.null() {
				b.encoding = c.text()
			}
		case "mimeType":
			c.once(&met, harMime)
			if !c.null() {
				b.mime = c.text()
			}
		case "params":
			c.once(&met, harParams)
			c.named(b.param)
		case "size":
			c.once(&met, harSize)
			if !c.null() {
				b.sized = positive(c.number())
			}
		case "_file":
			c.once(&met, harFile)
			c.skip()
			b.beside = true
		default:
			c.skip()
		}
	}
}

func (b *harBody) param(name, value string) { b.params = append(b.params, param{name, value}) }

// positive tells whether a number is above zero.
func positive(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	return err == nil && f > 0
}

// slow reads an entry with encoding/json, and says what is wrong with it.
func (e *harEntry) slow(raw []byte) error {
	if err := valid(raw); err != nil {
		return err
	}
	return object(raw, "", members{
		"request": optional(func(raw json.RawMessage) error {
			e.asked = true
			return object(raw, "request", members{
				"method":   stringTo(&e.method, "request.method"),
				"url":      stringTo(&e.url, "request.url"),
				"headers":  named(e.sent.lines, "request.headers"),
				"postData": e.post.slow("request.postData"),
			}, false)
		}),
		"response": optional(func(raw json.RawMessage) error {
			e.answered = true
			return object(raw, "response", members{
				"status":  optional(whole(&e.status, "response.status")),
				"headers": named(e.came.lines, "response.headers"),
				"content": e.content.slow("response.content"),
			}, false)
		}),
		"time": optional(func(raw json.RawMessage) error {
			took, ok := milliseconds(string(raw))
			if !ok {
				return fmt.Errorf("time: expected a number of milliseconds")
			}
			e.took = took
			return nil
		}),
	}, false)
}

func (b *harBody) slow(at string) func(json.RawMessage) error {
	return optional(func(raw json.RawMessage) error {
		return object(raw, at, members{
			"text": optional(func(raw json.RawMessage) error {
				var text string
				err := stringTo(&text, at+".text")(raw)
				b.text, b.there = []byte(text), true
				return err
			}),
			"encoding": optional(stringTo(&b.encoding, at+".encoding")),
			"mimeType": optional(stringTo(&b.mime, at+".mimeType")),
			"params":   named(b.param, at+".params"),
			"size": optional(func(raw json.RawMessage) error {
				b.sized = positive(string(raw))
				return nil
			}),
			"_file": func(json.RawMessage) error {
				b.beside = true
				return nil
			},
		}, false)
	})
}

// named reads a list of names and values. A value that is a number or a boolean
// is its text.
func named(each func(name, value string), at string) func(json.RawMessage) error {
	return optional(func(raw json.RawMessage) error {
		return items(raw, at, func(raw json.RawMessage) error {
			var name, value string
			met := false
			err := object(raw, at+": an item", members{
				"name": func(raw json.RawMessage) error {
					met = true
					return stringTo(&name, at+": a name")(raw)
				},
				"value": optional(func(raw json.RawMessage) error {
					switch raw[0] {
					case '{', '[':
						return fmt.Errorf("%s: a value: expected a string", at)
					case '"':
						return stringTo(&value, at+": a value")(raw)
					}
					value = string(raw)
					return nil
				}),
			}, false)
			if err == nil && !met {
				err = fmt.Errorf("%s: an item has no name", at)
			}
			if err == nil {
				each(name, value)
			}
			return err
		})
	})
}
