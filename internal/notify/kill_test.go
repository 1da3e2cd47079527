package notify_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// stuck is an outbox that never notes what was sent.
type stuck struct{ *box }

func (stuck) Delivered(context.Context, string, time.Time) error { select {} }

// killed is the message that a process sends before it is killed.
func killed() watch.Message { return message("ops", "a", 0, watch.Began) }

// deliverAndDie is the process that is killed between sending and noting.
func deliverAndDie() {
	all, err := notify.New([]notify.Config{{Name: "ops", Kind: notify.Webhook, URLEnv: "ASSAY_TEST_URL"}}, notify.Options{})
	if err != nil {
		panic(err)
	}
	_, _ = notify.NewDelivery(stuck{newBox(killed())}, all, now).Pass(context.Background())
}

// TestKilled kills a process after it sent a message and before it noted so. The next
// one sends the message again, with the same id and the same bytes.
func TestKilled(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var ids []string
	arrived := make(chan bool, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		ids = append(ids, r.Header.Get("webhook-id"))
		mu.Unlock()
		arrived <- true
	}))
	defer s.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), "ASSAY_TEST_COMMAND=deliver", "ASSAY_TEST_URL="+s.URL)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	_ = c.Process.Kill()
	_ = c.Wait()
	b := newBox(killed()) // as the killed process left it
	all, err := notify.New([]notify.Config{{Name: "ops", Kind: notify.Webhook, URL: s.URL}}, notify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p := pass(t, notify.NewDelivery(b, all, now)); p.Sent != 1 || len(b.delivered) != 1 {
		t.Errorf("%+v", p)
	}
	if mu.Lock(); len(ids) != 2 || ids[0] != ids[1] || ids[0] != killed().ID {
		t.Errorf("the ids are %v", ids)
	}
	mu.Unlock()
}
