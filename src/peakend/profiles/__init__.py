"""What an organisation keeps beside a person: fields of its own, companies, things they own."""
