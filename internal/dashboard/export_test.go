package dashboard

import "time"

// SetHeartbeat lets a test wait less for a sign of life of a stream.
func (d *Dashboard) SetHeartbeat(every time.Duration) { d.heartbeat = every }

// MaxStreams is the most streams of events at the same time.
const MaxStreams = maxStreams

// Streams is how many pages wait for events.
func (d *Dashboard) Streams() int {
	d.hub.guard.Lock()
	defer d.hub.guard.Unlock()
	return len(d.hub.streams)
}
