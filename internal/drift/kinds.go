package drift

import "assay/internal/contract"

// Kind is a kind of change in words.
type Kind struct {
	ID    contract.Kind
	About string // what has changed
}

// Kinds lists the kinds of changes that traffic shows.
func Kinds() []Kind {
	return []Kind{
		{contract.MemberAdded, "a body has a member that it did not have before"},
		{contract.MemberRemoved, "a member is absent from all bodies"},
		{contract.MemberAbsent, "a member is absent from some bodies; it was always there"},
		{contract.MemberRetyped, "a member has another JSON type"},
		{contract.MemberNull, "a member is null; it never was"},
		{contract.EnumWidened, "a member has a value that is not in the list of its values"},
		{contract.FormatChanged, "a text has another format, such as another form of date, or is empty"},
		{contract.LengthChanged, "a text is longer or shorter than before"},
		{contract.SizeChanged, "a list has more or fewer items than before"},
		{contract.NumberChanged, "a number is of another size, or in another unit"},
		{contract.HeaderAdded, "a response has a header that it did not have before"},
		{contract.HeaderRemoved, "a header is absent from all responses"},
		{contract.HeaderAbsent, "a header is absent from some responses; it was always there"},
		{contract.CodeNew, "a response has a result code that did not occur before, or none"},
		{contract.CodeGone, "a result code does not occur any more"},
		{contract.StatusChanged, "a result code comes with another status"},
		{contract.MessageChanged, "a result code comes with another message"},
		{contract.HTTPChanged, "a result code comes with another HTTP status"},
		{contract.MediaChanged, "a response has another media type"},
		{contract.SignatureGone, "responses are not signed any more"},
		{contract.Slower, "responses take more than twice as long"},
	}
}
