package jsonschema

// isDate checks full-date of RFC 3339.
func isDate(text []byte) bool {
	if len(text) != len("2006-01-02") || text[4] != '-' || text[7] != '-' {
		return false
	}
	year, month, day := digits(text[:4]), digits(text[5:7]), digits(text[8:])
	return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

func daysOf(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// digits reads a number of digits; -1: there is something else.
func digits(text []byte) int {
	n := 0
	for _, c := range text {
		if !isDigit(c) {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// isDateTime checks date-time of RFC 3339. T and Z may be in lower case. A leap second
// is the last of a day in UTC.
func isDateTime(text []byte) bool {
	const date, second = len("2006-01-02"), len("2006-01-02T15:04:05")
	if len(text) < second+1 || !isDate(text[:date]) || text[date]|0x20 != 't' || text[date+3] != ':' || text[date+6] != ':' {
		return false
	}
	h, m, s := digits(text[date+1:date+3]), digits(text[date+4:date+6]), digits(text[date+7:second])
	rest := text[second:]
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		if n == 1 {
			return false
		}
		rest = rest[n:]
	}
	offset, ok := offsetOf(rest)
	if !ok || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60 {
		return false
	}
	const day = 24 * 60
	return s < 60 || (h*60+m-offset+2*day)%day == day-1
}

// offsetOf reads Z or an offset such as +05:30, in minutes.
func offsetOf(text []byte) (minutes int, ok bool) {
	if len(text) == 1 {
		return 0, text[0]|0x20 == 'z'
	}
	if len(text) != len("+05:30") || text[3] != ':' {
		return 0, false
	}
	h, m := digits(text[1:3]), digits(text[4:])
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	switch text[0] {
	case '+':
		return h*60 + m, true
	case '-':
		return -h*60 - m, true
	}
	return 0, false
}
