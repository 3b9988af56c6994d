package harness

// Questions is a registration of six questions: seven updates. Words and Thanks are what the bots say.
func Questions() Script {
	return Script{
		{Send: "/start", Until: Words[0]},
		{Send: "Fatima El Idrissi", Until: Words[1]},
		{Send: "Poterie", Until: Words[2]},
		{Send: "Fès", Until: Words[3]},
		{Send: "0612345678", Until: Words[4]},
		{Send: "Oui", Until: Words[5]},
		{Send: "Les aides", Until: Thanks},
	}
}

// Words are the six questions.
var Words = [6]string{"Quel est votre nom ?", "Quel est votre métier ?", "Dans quelle ville ?", "Votre numéro de téléphone ?",
	"Avez-vous la carte professionnelle ?", "Quel sujet vous intéresse ?"}

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
