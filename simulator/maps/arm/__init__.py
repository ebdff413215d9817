"""Maps of machines with an arm: from which directions it can aim, whatever way it takes to get there."""
