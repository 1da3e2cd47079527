package drift

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// DocumentedUses returns what a client has to do with the responses of an operation, as
// its documents say: the outcome depends on result codes and required members, optional
// members are shown, and others are not read. It rates the changes of a provider without
// an adapter.
func DocumentedUses(o *openapi.Operation) *Uses {
	u := &Uses{Documented: true}
	for _, row := range o.Codes {
		if !slices.Contains(u.Codes, row.Code) {
			u.Codes = append(u.Codes, row.Code)
		}
		if response := o.Responses[row.HTTP]; response != nil {
			u.noteBody(o, row.Code, response.Body)
		}
	}
	return u
}

// noteBody notes the members of a documented body for the responses with a code.
func (u *Uses) noteBody(o *openapi.Operation, code string, body *openapi.Body) {
	required := map[contract.Pointer]bool{}
	for _, m := range body.Members() { // a member comes after the members above it
		above := m.Pointer.Parent()
		for above.LastToken() == contract.Every {
			above = above.Parent()
		}
		required[m.Pointer] = m.Required && (above == "" || required[above])
		is := Shows
		if required[m.Pointer] || slices.Contains(o.Result.Code, m.Pointer) {
			is = Decides
		}
		for _, how := range []string{Gone, "null", "string", "integer", "number", "boolean", "object", "array"} {
			weight := is
			if how != Gone && allows(m, how) {
				weight = Read
			}
			u.Note(code, m.Pointer, how, weight)
		}
	}
}

// Impact returns the impact of a change of a member with this weight, and the reason.
func (u *Uses) Impact(w Weight) (contract.Impact, contract.Message) {
	impact, why := w.Impact()
	return impact, u.reason(why)
}

// Reasons for the impact of changes if no adapter speaks to the provider.
var (
	documentedRequired = &contract.Template{ID: "impact.documented.required", Text: "rated without a client: the documents require it"}
	documentedOptional = &contract.Template{ID: "impact.documented.optional", Text: "rated without a client: the documents list it as optional"}
	documentedAllowed  = &contract.Template{ID: "impact.documented.allowed", Text: "rated without a client: the documents allow it"}
	documentedNowhere  = &contract.Template{ID: "impact.documented.nowhere", Text: "rated without a client: the documents do not promise it"}
	documentedUnlisted = &contract.Template{ID: "impact.documented.code-new", Text: "rated without a client: the code is not documented, so a client cannot know the outcome"}
	documentedCode     = &contract.Template{ID: "impact.documented.code", Text: "rated without a client: the code is documented as {outcome}"}
	documentedReplaced = &contract.Template{ID: "impact.documented.code-gone", Text: "rated without a client: the code that replaces it may mean something else"}
	documentedCodeless = &contract.Template{ID: "impact.documented.codeless", Text: "rated without a client: without a code the outcome is unknown, and each order needs an inquiry"}
	documentedNew      = &contract.Template{ID: "impact.documented.new", Text: "rated without a client: clients should ignore what they do not know"}
	documentedAccepted = &contract.Template{ID: "impact.documented.accepted", Text: "rated without a client: the provider accepts it"}
)

// documentedReasons has the reason without an adapter for each reason about our adapter.
func documentedReasons() map[string]*contract.Template {
	all := map[string]*contract.Template{}
	for instead, reasons := range map[*contract.Template][]*contract.Template{
		documentedRequired: {memberDecides, adapterLooksForIt, httpDecides, messageRefused},
		documentedOptional: {memberShown, messageEmpty, messageShown, readAndHanded},
		documentedAllowed:  {memberRead},
		documentedNowhere:  {memberUnread, httpUnread, mediaUnread, headerUnread},
		documentedUnlisted: {codeUnknown, codeByType, codeUndocumented},
		documentedCode:     {codeDocumented},
		documentedReplaced: {codeReplaced},
		documentedCodeless: {inquired},
		documentedNew:      {adapterPassesOver},
		documentedAccepted: {besides, sentOtherwise},
	} {
		for _, t := range reasons {
			all[t.ID] = instead
		}
	}
	return all
}

// reason returns the reason for an impact: one about the documents, if no adapter speaks to
// the provider.
func (u *Uses) reason(why contract.Message) contract.Message {
	if u == nil || !u.Documented || why.Template == nil {
		return why
	}
	if instead := documentedReasons()[why.Template.ID]; instead != nil {
		why.Template = instead
	}
	return why
}
