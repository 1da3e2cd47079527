package dashboard

import "time"

// SetHeartbeat lets a test wait less for a sign of life of a stream.
func (d *Dashboard) SetHeartbeat(every time.Duration) { d.heartbeat = every }

// MaxStreams is the most streams of events at the same time.
const MaxStreams = maxStreams
