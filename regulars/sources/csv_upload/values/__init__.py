"""Reading single cells: texts, amounts of money, dates. No table, no plan."""
