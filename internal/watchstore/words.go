package watchstore

import (
	"maps"
	"sync"
)

// words are the names that have a number: jobs, things, codes, rules with sides. A word is
// never deleted and never changes, so those that were read are kept in memory.
type words struct {
	lock   sync.RWMutex
	number map[string]int64
	text   map[int64]string
	last   int64 // the largest number
}

func newWords() words { return words{number: map[string]int64{}, text: map[int64]string{}} }

// add keeps words that are stored.
func (w *words) add(all map[string]int64) {
	if len(all) == 0 {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	maps.Copy(w.number, all)
	for text, id := range all {
		w.text[id] = text
		w.last = max(w.last, id)
	}
}

// find looks a word up in memory; 0: it is not there.
func (w *words) find(text string) int64 {
	w.lock.RLock()
	defer w.lock.RUnlock()
	return w.number[text]
}

// word gives the number of a word, and stores the word if it is new.
func (t *tx) word(text string) (int64, error) {
	if id, ok := t.fresh[text]; ok {
		return id, nil
	}
	id, err := t.number(text)
	if err != nil || id != 0 {
		return id, err
	}
	t.store.words.lock.RLock()
	id = t.store.words.last + int64(len(t.fresh)) + 1
	t.store.words.lock.RUnlock()
	t.fresh[text] = id
	return id, t.exec("INSERT INTO watch_word (id, data) VALUES (?, ?)", id, keyOf("word", id).seal([]byte(text)))
}

// number gives the number of a word; 0: it is not stored.
func (t *tx) number(text string) (int64, error) {
	if id := t.store.words.find(text); id != 0 {
		return id, nil
	}
	err := t.readWords()
	return t.store.words.find(text), err
}

// text gives the word of a number.
func (t *tx) text(id int64) (string, error) {
	w := &t.store.words
	w.lock.RLock()
	text, ok := w.text[id]
	w.lock.RUnlock()
	if ok {
		return text, nil
	}
	if err := t.readWords(); err != nil {
		return "", err
	}
	w.lock.RLock()
	defer w.lock.RUnlock()
	if text, ok = w.text[id]; !ok {
		return "", damage("a word is missing")
	}
	return text, nil
}

// readWords reads the words that are not in memory. It leaves out those that the transaction
// added itself, which may be rolled back.
func (t *tx) readWords() error {
	t.store.words.lock.RLock()
	last := t.store.words.last
	t.store.words.lock.RUnlock()
	found, err := t.rows("SELECT id, data FROM watch_word WHERE id > ?", last)
	if err != nil {
		return err
	}
	all := map[string]int64{}
	for _, row := range found {
		text, err := keyOf("word", row.number).open(row.data)
		if err != nil {
			return err
		}
		if _, own := t.fresh[string(text)]; !own {
			all[string(text)] = row.number
		}
	}
	t.store.words.add(all)
	return nil
}
