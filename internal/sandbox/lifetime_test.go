package sandbox_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// oauth is a provider whose tokens have a lifetime in seconds, as those of OAuth 2.0.
const oauth = `openapi: 3.0.3
info: {title: Oauth, version: "1"}
servers: [{url: "https://oauth.example.com", description: one}]
x-credentials: {}
paths:
  /token:
    post:
      operationId: createToken
      summary: Issue a token
      externalDocs: {url: "https://oauth.example.com/docs"}
      security: []
      x-result:
        at: {code: []}
        codes: [{code: "200", outcome: succeeded, retry: never, x-doc: "200"}]
      responses:
        "200":
          description: The token.
          content:
            application/json:
              schema:
                type: object
                required: [access_token, expires_in]
                properties:
                  access_token: {type: string, x-secret: true, x-doc: access_token}
                  expires_in: {type: integer, x-doc: expires_in}
              examples: {"200": {value: {access_token: token-0000000000000001, expires_in: 3600}}}
  /orders:
    get:
      operationId: listOrders
      summary: List the orders
      externalDocs: {url: "https://oauth.example.com/docs"}
      security: [{token: []}]
      x-result:
        at: {code: []}
        codes:
          - {code: "200", outcome: succeeded, retry: never, x-doc: "200"}
          - {code: "401", http: 401, outcome: unauthorized, retry: never, when: 'authentication != "valid"', x-doc: "401"}
      responses:
        "200":
          description: The orders.
          content: {application/json: {schema: {type: object}, examples: {"200": {value: {}}}}}
        "401":
          description: The token does not count.
          content: {application/json: {schema: {type: object}, examples: {"401": {value: {}}}}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer, x-doc: token, x-issued-by: {operation: createToken, token: /access_token, expires-in: /expires_in}}
`

// TestLifetime uses a token until its lifetime in seconds is over.
func TestLifetime(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(fstest.MapFS{"oauth.yaml": {Data: []byte(oauth)}}, "oauth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range spec.Faults() {
		t.Errorf("%d: %s", f.Line, f.Message.Key())
	}
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	box, err := sandbox.New([]*openapi.Spec{spec}, sandbox.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, path, authorization string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(context.Background(), method, "/oauth"+path, nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		return w
	}
	issued := send("POST", "/token", "").Body.String()
	_, rest, _ := strings.Cut(issued, `"access_token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	if token == "" || !strings.Contains(issued, `"expires_in":3600`) {
		t.Fatalf("issued %s", issued)
	}
	for _, c := range []struct {
		after time.Duration
		token string
		want  int
	}{
		{0, token, 200}, {time.Hour - time.Second, token, 200}, {time.Second, token, 401}, {0, "token-of-another", 401},
	} {
		now = now.Add(c.after)
		if got := send("GET", "/orders", "Bearer "+c.token); got.Code != c.want {
			t.Errorf("at %s: HTTP %d, want %d: %s", now.Format(time.TimeOnly), got.Code, c.want, got.Body)
		}
	}
}
