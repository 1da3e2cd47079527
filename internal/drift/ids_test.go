package drift_test

// ids are the ids of the changes in TestCompare, by name. Ledgers store them, so they
// must never change, whatever the messages are.
func ids() map[string]string {
	return map[string]string{
		"a code no more":           "e36b27dcbc60 ffcf25bba975",
		"an unknown code":          "9edd3d77941f",
		"a code of another type":   "5e9561aa47e3",
		"a code somebody knows":    "ffcf25bba975",
		"a member more":            "3efec73ded0e",
		"a member read is absent":  "926a0016d35c",
		"a member read is gone":    "cf259b814b21",
		"an empty text, not taken": "c0a5699c70aa",
		"an insecure URL":          "5efcfc428e65",
		"an object is gone":        "031ae19fb332",
		"another HTTP status":      "4204681fbf36",
		"another format":           "c64267a933e4",
		"another length":           "453dfe3a63e1",
		"another media type":       "2ac4f6bd5830",
		"another message":          "171bb40985d4",
		"another status":           "fcb31aaf6208",
		"another type":             "c28198d1f39a",
		"no JSON":                  "4057719f6564",
		"null":                     "395c19ccfaec",
		"slower":                   "fba2d5d0ec7f",
		"the code is absent":       "d6dccdd9bcdf",
		"the code is an object":    "30da120d79fe",
		"the code is empty":        "f8662b508d33",
		"the code is gone":         "aaa498ee6eb8",
		"the code is null":         "a941a0873a05",
		"the message is gone":      "d79ba99def44",
		"the message is null":      "26cc58321daf",
		"the status is a number":   "0c33086ddf61",
		"the status is empty":      "c5232a029acf",
		"the status is null":       "7d7cc2d25ddb",
	}
}
