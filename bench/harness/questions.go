package harness

// Questions is a registration of six questions: seven updates. Words and Thanks are what the bots say.
func Questions() Script {
	words := Words()
	return Script{
		{Send: "/start", Until: words[0]},
		{Send: "Fatima El Idrissi", Until: words[1]},
		{Send: "Poterie", Until: words[2]},
		{Send: "Fès", Until: words[3]},
		{Send: "0612345678", Until: words[4]},
		{Send: "Oui", Until: words[5]},
		{Send: "Les aides", Until: Thanks},
	}
}

// Words are the six questions, typeset as the house typesets its own (locale.Typeset): all contenders say the same.
func Words() []string {
	return []string{"Quel est votre nom\u202f?", "Quel est votre métier\u202f?", "Dans quelle ville\u202f?", "Votre numéro de téléphone\u202f?",
		"Avez-vous la carte professionnelle\u202f?", "Quel sujet vous intéresse\u202f?"}
}

// Thanks is what is said at the end.
const Thanks = "Merci, votre place est gardée."

// Register is a whole registration of the house's own flows, from the link of a stop to the ticket, in French.
func Register(stop string) Script {
	const asked = `keyboard":[[` // every question has buttons, every note has none
	return Script{
		{Send: "/start reg_" + stop, Until: asked},
		{Press: "fr", Until: asked},
		{Press: "self", Until: asked},
		{Press: "yes", Until: asked},
		{Send: "Fatima El Idrissi", Until: asked},
		{Send: "potier", Until: asked},
		{Send: "fès", Until: asked},
		{Send: "06 12 34 56 78", Until: asked},
		{Press: "no", Until: asked},
		{Press: "unsure", Until: asked},
		{Press: "!", Until: asked},
		{Press: "ok", Until: asked},
	}
}
