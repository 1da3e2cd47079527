package dashboard

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits of streams of events.
const (
	maxStreams = 64
	heartbeat  = 15 * time.Second
	slow       = 5 * time.Second // a client that takes longer to receive an event is dropped
)

// hub tells open pages that the data has changed. A page that waits gets one event, however
// often the data changed in the meantime.
type hub struct {
	guard   sync.Mutex
	began   int64 // revisions of another process have another one
	at      int64
	streams map[chan struct{}]bool
	done    chan struct{}
	ended   bool
}

func newHub(now time.Time) *hub {
	return &hub{began: now.UnixMilli(), streams: map[chan struct{}]bool{}, done: make(chan struct{})}
}

// revision names the data as it is now.
func (h *hub) revision() string {
	h.guard.Lock()
	defer h.guard.Unlock()
	return strconv.FormatInt(h.began, 36) + "-" + strconv.FormatInt(h.at, 10)
}

func (h *hub) changed() {
	h.guard.Lock()
	defer h.guard.Unlock()
	h.at++
	for one := range h.streams {
		select {
		case one <- struct{}{}:
		default: // it has an event to send already
		}
	}
}

// join gives a channel that gets a value after each change; nil: there are too many streams.
func (h *hub) join() chan struct{} {
	h.guard.Lock()
	defer h.guard.Unlock()
	if h.ended || len(h.streams) >= maxStreams {
		return nil
	}
	one := make(chan struct{}, 1)
	h.streams[one] = true
	return one
}

func (h *hub) leave(one chan struct{}) {
	h.guard.Lock()
	defer h.guard.Unlock()
	delete(h.streams, one)
}

func (h *hub) close() {
	h.guard.Lock()
	defer h.guard.Unlock()
	if !h.ended {
		h.ended = true
		close(h.done)
	}
}

// serveEvents sends an event with the new revision after each change. A client says in
// Last-Event-ID, or in the query as since, which revision it shows.
func (d *Dashboard) serveEvents(w http.ResponseWriter, r *http.Request) {
	changes := d.hub.join()
	if changes == nil {
		w.Header().Set("Retry-After", "30")
		d.refuse(w, r, http.StatusServiceUnavailable, "Too many pages are open; this one does not update by itself.")
		return
	}
	defer d.hub.leave(changes)
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	shown := r.Header.Get("Last-Event-ID")
	if shown == "" {
		shown = r.URL.Query().Get("since")
	}
	s := stream{w: w, control: http.NewResponseController(w)}
	if !s.send("retry: 5000\n\n") {
		return
	}
	beats := d.beats()
	defer beats.Stop()
	for {
		if now := d.hub.revision(); now != shown {
			if !s.send("id: " + now + "\nevent: changed\ndata: " + now + "\n\n") {
				return
			}
			shown = now
		}
		select {
		case <-changes:
		case <-beats.C:
			if !s.send(": still here\n\n") {
				return
			}
		case <-r.Context().Done():
			return
		case <-d.hub.done:
			return
		}
	}
}

// stream writes events to one client.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send reports whether the client took the text in time.
func (s stream) send(text string) bool {
	// Each write has its own limit, in place of the one that whole responses have. A connection
	// without deadlines is one in a test.
	_ = s.control.SetWriteDeadline(time.Now().Add(slow))
	if _, err := fmt.Fprint(s.w, text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// beats says when a stream that has no event sends something, so that both sides notice a
// lost connection.
func (d *Dashboard) beats() *time.Ticker {
	every := d.heartbeat
	if every == 0 {
		every = heartbeat
	}
	return time.NewTicker(every)
}
