// Package drift learns what answers look like, and tells what has changed.
//
// A Shape is what exchanges of one operation have in common, by result code:
// HTTP statuses, media types, header names, status texts, forms of messages,
// latency, and of every member of the body its types, how often it is there,
// formats, lengths, and values where they are few. It holds no value that the
// specification marks secret or personal, of a place that nobody
// documents none but true and false, and no text a person could have written.
//
// Learn adds one exchange after the other, in memory that does not grow with
// them. Shapes merge: each part of one carries the identity of the evidence it
// was learnt from, so that learning the same file again changes nothing.
//
// Compare tells what a later shape has that an earlier one had not, and what it
// had that is gone, and what that does to us: what an adapter reads is handed in
// as Uses, and was learnt from the adapter itself.
package drift

import "assay/internal/contract"

// Templates lists what sentences of changes are made of.
func Templates() []*contract.Template {
	return []*contract.Template{
		formatOther, formatEmpty, formatNames, lengthOther, sizeOther, numberOther, onceAtLeast, readAndHanded,
		codeNew, codeRetyped, codeGone, codelessGone, httpOther, statusOther, messageOther, mediaOther, muchLater, listedNowhere, codeHeldNot, codeByType, codeHeld, codeDocumented, codeUncalled, codelessNoMore, nobodyKnows, httpUnread, httpDecides, messageRefused, messageEmpty, messageShown, mediaUnread, payerWaits, sentOtherwise,
		headerNew, headerGone, headerAbsent, headerUnread,
		memberNew, memberUnnamed, memberGone, memberAbsent, signatureGone, signatureAbsent, memberOtherwise, valuesMany, valueNew, adapterLooksForIt, adapterPassesOver, besides, without, against,
		codeAbsent, codeLost, codeSilent, codeNull, codeEmpty, codeless, inquired,
		memberDecides, memberShown, memberRead, memberUnread,
	}
}
