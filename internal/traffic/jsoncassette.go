package traffic

import (
	"bytes"
	"encoding/json"
	"errors"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// jsonCassette reads every item of interactions or http_interactions in a cassette that
// VCR.py, Ruby VCR or Betamax wrote in JSON, and every item of a list that PHP-VCR wrote.
func (f *file) jsonCassette(s *stream) error {
	found := false
	items := func(by string) error {
		found = true
		return s.list(func() error {
			raw, err := s.value(f.options.largest)
			switch {
			case errors.Is(err, errLarge):
				return f.damaged(0, "", f.tooLarge())
			case err != nil:
				return err
			}
			return f.entry(0, bytes.Clone(raw), interaction{1, by}.parseJSON)
		})
	}
	var err error
	if c, _ := s.next(); c == '[' {
		err = items(byPHP)
	} else {
		err = s.object(func(name string) error {
			switch name {
			case `"interactions"`:
				return items("")
			case `"http_interactions"`:
				return items(byRuby)
			}
			return s.skip()
		})
	}
	if err == nil && !found {
		err = s.errorAt(0, errNoInteractions)
	}
	if err == nil {
		err = s.nothing()
	}
	if err == nil {
		return nil
	}
	return f.rest(err, 0)
}

// parseJSON reads an item as the same item in YAML.
func (i interaction) parseJSON(raw []byte, s *Scratch) (contract.Exchange, error) {
	var item any
	if err := json.Unmarshal(raw, &item); err != nil {
		return contract.Exchange{}, errors.New("this is not JSON")
	}
	text, err := yaml.Marshal([]any{item})
	if err != nil {
		return contract.Exchange{}, errors.New("this is no interaction")
	}
	return i.parse(text, s)
}
