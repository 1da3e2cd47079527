package drift_test

// ids are those of what TestCompare changes, by name. Ledgers remember them: none ever
// changes, whatever becomes of the words.
func ids() map[string]string {
	return map[string]string{
		"a code no more":           "3e8cf151e7d3 fa136242f24d",
		"a code nobody knows":      "1a43979d340b",
		"a code of another type":   "488ffb2caf5f",
		"a code somebody knows":    "fa136242f24d",
		"a member more":            "8e95485d0dee",
		"a member read is absent":  "d56dfe7e97cd",
		"a member read is gone":    "45459167fcfe",
		"an empty text, not taken": "e9dd65da53b5",
		"an insecure URL":          "ad2eb2e26d4c",
		"an object is gone":        "57c09559afe0",
		"another HTTP status":      "76840b9cdb5c",
		"another format":           "c2546bc2cddc",
		"another length":           "708036e2ebb2",
		"another media type":       "872c574390f0",
		"another message":          "3f59543cf738",
		"another status":           "0278be3b4fcf",
		"another type":             "c212da452da5",
		"no JSON":                  "3d553467243d",
		"null":                     "776029afbb9b",
		"slower":                   "20dd3d4e9e86",
		"the code is absent":       "935391d63ed4",
		"the code is an object":    "d4c975f46e0d",
		"the code is empty":        "550696dc53a9",
		"the code is gone":         "90e92002dbf8",
		"the code is null":         "77a68d601941",
		"the message is gone":      "92ffed4d8c30",
		"the message is null":      "ab533d9c2786",
		"the status is a number":   "e2d06c56b6e7",
		"the status is empty":      "eebf5a12bde7",
		"the status is null":       "e9859d6f1e89",
	}
}
