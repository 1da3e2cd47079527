package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/internal/atomicfile"
	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/rule"
)

// The limits of what a recorder keeps, because traffic is unlimited.
const (
	maxCassettes = 20 // of one operation and result code
	maxTries     = 3  // attempts for one form, if each has a leak
)

// Recorder writes exchanges without a case as cassettes into a folder: the first of each
// operation, result code and form, at most maxCassettes of one code. It is not safe for
// concurrent use.
type Recorder struct {
	s     *openapi.Spec
	own   map[string]string
	base  string
	dir   string
	now   func() time.Time
	tries map[string]int // failed attempts by form; maxTries also if there is a cassette
	count map[string]int // cassettes by operation and code

	damaged []string // cassettes that cannot be read
}

// NewRecorder returns a recorder for requests to a provider at a base URL. own are the
// merchant's credentials. All are required (*catalog.CredentialsError), because a value
// that is not known cannot be removed. NewRecorder makes the folder if there is none;
// cassettes that an earlier recorder wrote count.
func NewRecorder(s *openapi.Spec, base, dir string, own map[string]string, now func() time.Time) (*Recorder, error) {
	if err := catalog.MissingCredentials(s, func(c *openapi.Credential) string { return own[c.Name] }); err != nil {
		return nil, err
	}
	r := &Recorder{s: s, own: own, base: strings.TrimSuffix(base, "/"), dir: dir, now: now, tries: map[string]int{}, count: map[string]int{}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := cassette.Lock(dir, cassette.LockWait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return r, r.open()
}

// Damaged lists the cassettes in the folder that cannot be read.
func (r *Recorder) Damaged() []string { return r.damaged }

// open reads the cassettes that are in the folder, which is locked.
func (r *Recorder) open() error {
	r.damaged = nil
	manifest := filepath.Join(r.dir, "manifest.yaml")
	if _, err := os.Stat(manifest); errors.Is(err, fs.ErrNotExist) {
		empty, err := cassette.MarshalManifest(nil)
		if err == nil {
			err = atomicfile.Replace(manifest, empty)
		}
		return err
	}
	shelf, err := cassette.Open(os.DirFS(r.dir))
	if err != nil {
		return err
	}
	for _, name := range shelf.Names() {
		parts := strings.Split(name, "/")
		if len(parts) != 3 || parts[0] != r.s.Provider || r.s.Operation(parts[1]) == nil {
			continue
		}
		before, n, numbered := cutLast(parts[2], "-")
		code, ours := strings.CutPrefix(before, "proxy-")
		number, err := strconv.Atoi(n)
		if !numbered || !ours || err != nil {
			continue
		}
		key := parts[1] + "/" + code
		r.count[key] = max(r.count[key], number)
		tape, err := shelf.Load(name)
		if err != nil || damage(tape) != "" {
			r.damaged = append(r.damaged, name)
			continue
		}
		for _, ex := range tape.Exchanges() {
			r.tries[key+" "+outline(ex)] = maxTries
		}
	}
	return nil
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// Keep writes a judged exchange if it is the first of its form, and returns the name of the
// cassette. The name is "" if nothing is written. An exchange with leaks is not written.
func (r *Recorder) Keep(ex contract.Exchange, judged contract.Result) (name string, left []Leak, err error) {
	o := r.s.Operation(judged.Operation)
	if o == nil {
		return "", nil, nil
	}
	key := o.ID + "/" + codeName(o, judged.Code)
	form := key + " " + outline(ex)
	if r.tries[form] >= maxTries || r.count[key] >= maxCassettes {
		return "", nil, nil
	}
	name = r.name(o, judged.Code)
	if ex.Evidence = judged.Evidence; ex.Evidence == contract.NoEvidence {
		ex.Evidence = catalog.Evidence(r.s, r.base)
	}
	k := redaction{spec: r.s, o: o, keys: r.own, base: r.base, name: name, real: ex.Evidence != contract.Simulated}
	redactor := k.redactor(ex)
	clean := k.clean(redactor, ex)
	raw, left, err := marshal(o, redactor, name, clean)
	if err != nil || len(left) > 0 {
		r.tries[form]++
		return "", left, err
	}
	unlock, err := cassette.Lock(r.dir, cassette.LockWait)
	if err != nil {
		return "", nil, err
	}
	defer unlock()
	if err := r.open(); err != nil { // another process may have written to the folder
		return "", nil, err
	}
	if r.tries[form] >= maxTries || r.count[key] >= maxCassettes {
		return "", nil, nil
	}
	name = r.name(o, judged.Code)
	source := "recorded from " + sourceName(r.s, r.base)
	if ex.Evidence == contract.Simulated {
		source = "recorded from the sandbox"
	}
	entry := cassette.Entry{Evidence: ex.Evidence, Source: source, Date: r.now().UTC().Format(time.DateOnly)}
	if err := cassette.SaveLocked(r.dir, map[string]cassette.Saved{name: {Raw: raw, Entry: entry}}); err != nil {
		return "", nil, err
	}
	r.tries[form] = maxTries
	r.count[key]++
	return name, nil, nil
}

// name returns the name of the next cassette of an operation and a code.
func (r *Recorder) name(o *openapi.Operation, code string) string {
	return fmt.Sprintf("%s/%s/proxy-%s-%d", r.s.Provider, o.ID, codeName(o, code), r.count[o.ID+"/"+codeName(o, code)]+1)
}

// codeName returns a result code as part of a file name. A code that is not documented
// can be any text, also a personal one.
func codeName(o *openapi.Operation, code string) string {
	switch {
	case code == "":
		return "none"
	case o.Code(code) == nil:
		return "undocumented"
	}
	return strings.Map(func(c rune) rune {
		if c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return '_'
	}, code)
}

// redactor returns a redactor for an exchange without a case. It removes the credentials
// and the authorization, and replaces each reference by another of the same form.
func (k redaction) redactor(ex contract.Exchange) *redact.Redactor {
	made := rule.Redactor(k.spec, k.o)
	k.credentials(made)
	for _, secret := range authorizationSecrets(k.o, ex.Request) {
		if !slices.Contains(slices.Collect(maps.Values(k.keys)), secret) {
			made.Secret(secret)
		}
	}
	at := references(k.o)
	redact.Texts(k.o.Template(), ex, func(place contract.Place, text string) {
		if !slices.Contains(at, place.General()) {
			return
		}
		by := contract.Randomize(text, fixed.Picker(k.name))
		made.Replace(text, by, at...)
		if digits, negative := strings.CutPrefix(text, "-"); negative { // a message may lack the sign
			made.Replace(digits, by[1:], at...)
		}
	})
	return made
}

// authorizationSecrets returns the secrets in an Authorization header, and those at the
// places of the documented API keys.
func authorizationSecrets(o *openapi.Operation, r contract.Request) []string {
	all := headerSecrets(r.Header)
	for _, a := range o.Authorizations() {
		if a.Scheme == openapi.APIKey {
			all = append(all, a.Values(r)...)
		}
	}
	return all
}

func headerSecrets(h http.Header) []string {
	if user, password, ok := contract.Basic(h); ok {
		return []string{user, password}
	}
	header := h.Get("Authorization")
	if _, rest, two := strings.Cut(header, " "); two {
		return []string{rest}
	}
	return []string{header}
}

// outline returns a hash of the form of an exchange: status, query parameters, members and
// their types, without values.
func outline(ex contract.Exchange) string {
	places := map[string]bool{"status " + strconv.Itoa(ex.Response.Status): true}
	for name := range ex.Request.URL.Query() {
		places[string(contract.Query(name))] = true
	}
	_, asked := media.Read(ex.Request.Header, ex.Request.Body, nil)
	_, responded := media.Read(ex.Response.Header, ex.Response.Body, nil)
	for at, body := range map[contract.Place][]byte{contract.RequestRoot: asked, contract.ResponseRoot: responded} {
		value, err := contract.Decode(body)
		if err != nil {
			places[string(at)+" is not JSON"] = true
			continue
		}
		addTypes(places, at, value)
	}
	sum := sha256.New()
	for _, place := range slices.Sorted(maps.Keys(places)) {
		_, _ = sum.Write([]byte(place + "\n")) // never fails
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func addTypes(places map[string]bool, at contract.Place, value any) {
	kind := "null"
	switch v := value.(type) {
	case map[string]any:
		kind = "object"
		for name, item := range v {
			addTypes(places, at.Member(name), item)
		}
	case []any:
		kind = "array"
		for _, item := range v {
			addTypes(places, at.Items(), item)
		}
	case string:
		kind = "text"
	case json.Number:
		kind = "number"
	case bool:
		kind = "boolean"
	}
	places[string(at)+" "+kind] = true
}
