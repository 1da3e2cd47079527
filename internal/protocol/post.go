package protocol

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Post is a client under test in a running service. It gets each call as the JSON body of a
// POST, and replies with status 200 and the reply as JSON. A GET of the same address may
// return the hello.
type Post struct {
	ctx     context.Context // of the run; every request ends with it
	address string
	client  *http.Client
	hello   Hello
}

// CheckAddress checks the address of a client: http or https on this machine.
func CheckAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return errors.New("it is not a URL such as http://127.0.0.1:9000/call")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("its scheme is neither http nor https")
	case u.User != nil:
		return errors.New("it has a user")
	case u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback():
		return errors.New("it is not on this machine: the host must be localhost, 127.0.0.1 or [::1]")
	}
	return nil
}

// Connect returns the client at an address, which CheckAddress accepts. It asks for the
// hello: a response other than a hello with status 200 means that the client has none.
func Connect(ctx context.Context, address string) (*Post, error) {
	if err := CheckAddress(address); err != nil {
		return nil, err
	}
	p := &Post{ctx: ctx, address: address, client: &http.Client{
		Transport: &http.Transport{Proxy: nil, DialContext: dialLoopback, MaxIdleConnsPerHost: maxConcurrency},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
	timed, cancel := context.WithTimeout(ctx, helloTime)
	defer cancel()
	status, body, err := p.exchange(timed, http.MethodGet, nil)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded): // it may still reply to calls
	case err != nil && status == 0:
		return nil, &NoReplyError{Why: "no service is at the address of the client. Start the service first"}
	case err == nil && status == http.StatusOK:
		h, _, err := readHello(body)
		if err != nil {
			return nil, &NoReplyError{Why: err.Error()}
		}
		p.hello = h
	}
	return p, nil
}

// dialLoopback connects to this machine only, also if localhost stands for another.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		_ = c.Close() // it is not used
		return nil, errors.New("the address is not on this machine")
	}
	return c, nil
}

// Hello returns what the client said of itself.
func (p *Post) Hello() Hello { return p.hello }

// Close ends the connections to the client.
func (p *Post) Close() error {
	p.client.CloseIdleConnections()
	return nil
}

// Do gives the client a call, in one request.
func (p *Post) Do(ctx context.Context, call Call) (Reply, error) {
	raw, err := json.Marshal(call)
	if err != nil {
		return Reply{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	status, body, err := p.exchange(ctx, http.MethodPost, raw)
	if err != nil && ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return Reply{}, &NoReplyError{Why: "the client did not reply in time", Cause: context.DeadlineExceeded}
		}
		return Reply{}, ctx.Err()
	}
	var r Reply
	switch {
	case errors.Is(err, errLong):
		return Reply{}, &NoReplyError{Why: fmt.Sprintf("the reply of the client has more than %d bytes", maxLine)}
	case err != nil && status == 0:
		return Reply{}, &NoReplyError{Why: "the client closed the connection, or no service is at its address"}
	case err != nil:
		return Reply{}, &NoReplyError{Why: "the client closed the connection before the end of its reply"}
	case status >= 300 && status < 400:
		return Reply{}, &NoReplyError{Why: fmt.Sprintf("the client responded with HTTP %d. Redirects are not followed", status)}
	case status != http.StatusOK:
		return Reply{}, &NoReplyError{Why: fmt.Sprintf("the client responded with HTTP %d. A reply has HTTP 200, also if its outcome is error", status), Line: short(body)}
	case !json.Valid(body):
		return Reply{}, &NoReplyError{Why: "the client responded with a body that is not JSON", Line: short(body)}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return Reply{}, &NoReplyError{Why: "the reply of the client " + err.Error(), Line: short(body)}
	}
	switch r.ID {
	case call.ID:
		return r, nil
	case "":
		return Reply{}, &NoReplyError{Why: "the reply of the client has no id. It repeats the id of the call", Line: short(body)}
	}
	return Reply{}, &NoReplyError{Why: "the client replied to a call that it did not get. A reply repeats the id of its call", Line: short(body)}
}

// exchange sends one request and reads the response. The status is 0 if none came.
func (p *Post) exchange(ctx context.Context, method string, body []byte) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.GetBody = nil // so that net/http does not send the request again
	}
	response, err := p.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close() //nolint:errcheck // everything was read that counts
	got, err := io.ReadAll(io.LimitReader(response.Body, maxLine+1))
	if err == nil && len(got) > maxLine {
		err = errLong
	}
	return response.StatusCode, bytes.TrimSpace(got), err
}
