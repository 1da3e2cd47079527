package notify

import (
	"hash/fnv"
	"strconv"
	"time"
)

// How long a message is tried, and how long it waits between attempts.
const (
	// MaxAge is how long a message is tried. The attempt that fails after it is the last.
	MaxAge = 3 * 24 * time.Hour
	// maxRefused is how many attempts a receiver may refuse in a row.
	maxRefused = 4

	firstWait = 10 * time.Second
	maxWait   = 15 * time.Minute // so that messages arrive soon after an outage of the receiver
	maxTurn   = 30 * time.Second // that one pass spends on a channel: others wait for its end
	maxAfter  = time.Hour        // that a receiver may ask for
	maxPause  = 5 * time.Minute  // between messages to a channel that does not respond
)

// refusedWait gives how long a message waits after it was refused so many times. The time is
// for whoever has to correct a configuration.
func refusedWait(refused int) time.Duration {
	return []time.Duration{time.Minute, 10 * time.Minute, time.Hour}[min(refused, maxRefused-1)-1]
}

// backoff gives how long a message waits after so many failed attempts: twice as long each
// time, up to maxWait, and a fifth more or less, so that not all come back together. The same
// id and number give the same time.
func backoff(id string, failed int) time.Duration {
	wait := maxWait
	if n := max(failed, 1) - 1; n < 10 {
		wait = min(firstWait<<n, maxWait)
	}
	return jitter(wait, id, failed)
}

// jitter changes a time by up to a fifth.
func jitter(wait time.Duration, id string, n int) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id + "\x00" + strconv.Itoa(n))) // never fails
	share := time.Duration(h.Sum64() % 401)               // 0 to 400 thousandths
	return (wait - wait/5 + wait*share/1000).Truncate(time.Millisecond)
}
