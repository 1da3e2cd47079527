package shape

// IgnoredHeaders lists headers that say nothing about the provider: proxies and caches
// on the way add and remove them.
func IgnoredHeaders() []string {
	return []string{
		"connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", // of one connection: RFC 9110, 7.6.1
		"alt-svc", "content-encoding", "content-length", // how the bytes are transferred
		"age", "date", "server-timing", "via", // when, and by which caches
		"server",       // which software sent it: caches and gateways set their own
		"set-cookie",   // depends on the client's cookies
		"content-type", // compared as a media type
	}
}
