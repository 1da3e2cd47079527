// Package storetest tests a store of watching. Every implementation of watch.Store runs it:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Open {
//			path := filepath.Join(t.TempDir(), "assay.db")
//			return func() (watch.Store, error) { return watchstore.Open(t.Context(), path) }
//		})
//	}
package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"assay/internal/watch"
)

// Open opens a store. Called again, it opens the same store again, with all that is in it.
type Open func() (watch.Store, error)

// Run runs all tests, each with a new store.
func Run(t *testing.T, fresh func(t *testing.T) Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *opened)
	}{
		{"a slot begins once", begins},
		{"interrupted runs", interrupted},
		{"requests count towards a budget", calls},
		{"the latest slot", last},
		{"the clock is set back", setBack},
		{"a run ends once", ends},
		{"a commit is all or nothing", atomic},
		{"a cancelled commit stores nothing", cancelled},
		{"things", things},
		{"events", events},
		{"reports", reports},
		{"files", files},
		{"steps are UTC", steps},
		{"what a point has", points},
		{"texts", texts},
		{"the outbox", outbox},
		{"messages go out once", doubled},
		{"maintenance windows", windows},
		{"retention of steps", retention},
		{"retention of runs", retentionOfRuns},
		{"retention of everything else", retentionOfTheRest},
		{"many at once", together},
		{"a slot begins once among many", togetherBegin},
		{"a commit that is stopped", stoppedCommit},
		{"a compaction that is stopped", stoppedCompact},
		{"check", check},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, start(t, fresh(t)))
		})
	}
	t.Run("the history is that of a model", func(t *testing.T) {
		t.Parallel()
		model(t, fresh)
	})
}

// opened is an open store.
type opened struct {
	watch.Store
	t    testing.TB
	open Open
}

// start opens a store until the test ends.
func start(t testing.TB, open Open) *opened {
	t.Helper()
	o := &opened{t: t, open: open}
	var err error
	if o.Store, err = open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// reopen closes the store and opens it again.
func (o *opened) reopen() {
	o.t.Helper()
	o.must(o.Close())
	var err error
	if o.Store, err = o.open(); err != nil {
		o.t.Fatal(err)
	}
}

// must ends the test at an error.
func (o *opened) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// begin begins a run that must be new.
func (o *opened) begin(s watch.Slot) watch.Slot {
	o.t.Helper()
	ok, err := o.Begin(o.t.Context(), s, s.Time)
	if err != nil || !ok {
		o.t.Fatalf("%v: begun %v, %v", s, ok, err)
	}
	return s
}

// commit begins a run and ends it a second later.
func (o *opened) commit(c watch.Commit) {
	o.t.Helper()
	o.begin(c.Slot)
	if c.Ended.IsZero() {
		c.Ended = c.Slot.Time.Add(time.Second)
	}
	o.must(o.Commit(o.t.Context(), c))
}

// noon is a time in the middle of a day, an hour and a minute.
var noon = time.Date(2026, 3, 29, 12, 30, 30, 0, time.UTC)

const (
	job   = "paytm-live"
	thing = "paytm-live paytm/createOrder"
)

func slot(at time.Time) watch.Slot {
	return watch.Slot{Job: job, Time: at.Truncate(time.Second), Calls: 3}
}

// ok is an observation of a thing with one response.
func ok(at time.Time) watch.Observation {
	return watch.Observation{Thing: thing, Slot: slot(at), Time: at, State: watch.OK, Codes: map[string]int{"0000": 1}, Latencies: []int{20}}
}

// fill sets every member of a value to something that is not zero, so that a store that
// forgets one is found. Members of the same type get different values.
func fill[T any](n int) (v T) {
	fillValue(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fillValue(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillValue(v.Index(i), n)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Millisecond)))
			return
		}
		for i := range v.NumField() {
			fillValue(v.Field(i), n)
		}
	default:
		panic("storetest: cannot fill a " + v.Kind().String())
	}
}

// same compares two values; nil and empty are the same.
func same(a, b any) bool { return fmt.Sprintf("%+v", plain(a)) == fmt.Sprintf("%+v", plain(b)) }

// plain replaces pointers by what they point to.
func plain(v any) any {
	switch v := v.(type) {
	case []watch.Thing:
		var all []any
		for _, t := range v {
			all = append(all, plain(t))
		}
		return all
	case watch.Thing:
		p := v.Problem
		v.Problem = nil
		if p == nil {
			return []any{v}
		}
		return []any{v, *p}
	}
	return v
}

// equal fails the test if two values differ.
func (o *opened) equal(what string, got, want any) {
	o.t.Helper()
	if !same(got, want) {
		o.t.Errorf("%s:\ngot  %.3000s\nwant %.3000s", what, fmt.Sprintf("%+v", plain(got)), fmt.Sprintf("%+v", plain(want)))
	}
}
