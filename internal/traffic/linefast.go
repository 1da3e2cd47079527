package traffic

import "encoding/base64"

// The members that have been read, as bits.
const (
	metSchema uint = 1 << iota
	metRequest
	hasResponse
	metMethod
	metURL
	metStatus
	metHeaders
	metBody // body or bodyBase64; a line may have one of them
	metDuration
)

// quick reads a line of the usual shape in one pass; on false the line must be read
// with structs.
func (l *line) quick(raw []byte, s *Scratch) bool {
	c := &cursor{s: raw, arena: s.space(len(raw))}
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch string(c.name()) {
		case "request":
			c.once(&met, metRequest)
			l.quickRequest(c, &s.asked)
		case "response":
			c.once(&met, hasResponse)
			l.quickResponse(c, &s.responded)
		case "schema":
			c.once(&met, metSchema)
			if string(c.text()) != Version {
				c.bad = true
			}
		default:
			c.bad = true
		}
	}
	c.end()
	return !c.bad && met&(metRequest|hasResponse) == metRequest|hasResponse
}

func (l *line) quickRequest(c *cursor, k *kept) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		name := c.name()
		switch string(name) {
		case "method":
			c.once(&met, metMethod)
			l.method = c.text()
		case "url":
			c.once(&met, metURL)
			l.url = c.text()
		default:
			l.asked.quick(c, name, &met, k)
		}
	}
	if len(l.method) == 0 || len(l.url) == 0 || met&metHeaders == 0 {
		c.bad = true
	}
}

func (l *line) quickResponse(c *cursor, k *kept) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		name := c.name()
		switch string(name) {
		case "status":
			c.once(&met, metStatus)
			l.status = c.small()
		case "durationMs":
			c.once(&met, metDuration)
			took, ok := inMilliseconds(string(c.number()))
			l.took = took
			c.bad = c.bad || !ok
		default:
			l.response.quick(c, name, &met, k)
		}
	}
	if l.status < 100 || l.status > 999 || met&metHeaders == 0 {
		c.bad = true
	}
}

// quick reads the value of a member that request and response share.
func (m *message) quick(c *cursor, name []byte, met *uint, k *kept) {
	switch string(name) {
	case "headers":
		c.once(met, metHeaders)
		m.header = k.quick(c)
		m.plainSize = !k.sized
	case "body":
		c.once(met, metBody)
		m.body = c.bytes()
	case "bodyBase64":
		c.once(met, metBody)
		m.body, m.bytes = c.base64(), true
	default:
		c.bad = true
	}
}

// base64 reads a string in base64.
func (c *cursor) base64() []byte {
	body, err := base64.StdEncoding.AppendDecode(nil, c.simple())
	if err != nil {
		c.bad = true
	}
	return body
}

// small reads an integer of up to three digits, as a status has.
func (c *cursor) small() int {
	c.space()
	from := c.i
	if n := c.digits(); n == 0 || n > 3 || n > 1 && c.s[from] == '0' {
		c.bad = true
		return 0
	}
	status := 0
	for _, d := range c.s[from:c.i] {
		status = 10*status + int(d-'0')
	}
	return status
}
