// Package drift tells what has changed between two shapes of an operation.
//
// Compare tells what a later shape has that an earlier one had not, and what it
// had that is gone, and what that does to us: what an adapter reads is handed in
// as Uses, and was learnt from the adapter itself. Accept gives the baseline that
// follows once somebody has looked at the changes.
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
