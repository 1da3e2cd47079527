package shape

// Passing are header names that say nothing of the provider: what stands between
// it and us puts them there and takes them away.
func Passing() []string {
	return []string{
		"connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", // of one connection: RFC 9110, 7.6.1
		"alt-svc", "content-encoding", "content-length", // how the bytes travel
		"age", "date", "server-timing", "via", // when, and by which caches
		"server",       // which software passed it on: caches and gates put theirs there
		"set-cookie",   // what the client brought along decides
		"content-type", // compared as what it is
	}
}
