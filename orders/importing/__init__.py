"""Reading the files sellers bring: order spreadsheets and the retail CSV. No database here."""
