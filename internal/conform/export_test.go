package conform

// WithWaits makes a session call waits with the base URL of each call in which the client has
// to give up by itself. Tests need not wait then.
func (o Options) WithWaits(waits func(baseURL string)) Options {
	o.waits = waits
	return o
}
