"""Who asks, in the tests of what people say together."""

from services.people.person import Person, Role

ISSUER = "https://issuer"
ANN = Person(ISSUER, "1", "Ann", Role.REVIEWER)
BEN = Person(ISSUER, "2", "Ben", Role.REVIEWER)
VERA = Person(ISSUER, "3", "Vera", Role.VIEWER)
ADA = Person(ISSUER, "4", "Ada", Role.ADMIN)
